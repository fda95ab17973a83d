package io.ferrynfs.rpc.auth;

import java.nio.ByteBuffer;

/**
 * The verifier of a reply.
 *
 * @param xid the transaction id of the reply
 * @param flavor the flavor of the verifier
 * @param body the body of the verifier, read-only
 */
public record ReplyVerifier(int xid, int flavor, ByteBuffer body) {}
