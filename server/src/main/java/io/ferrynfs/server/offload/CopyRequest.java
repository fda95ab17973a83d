package io.ferrynfs.server.offload;

import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.session.Client;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.wire.nfs4.ReferringCallList4;
import io.ferrynfs.wire.nfs4.Verifier4;

/**
 * A COPY to be scheduled. It does not refer to the buffer of the request.
 *
 * @param client the client, which receives the outcome
 * @param clientText the client as printable text
 * @param principal the user of the request; only this user may cancel the copy
 * @param call the request's place in its session, for the callback (RFC 8881 section 2.10.6.3)
 * @param source the source file; the copy owns it after it is accepted
 * @param target the target file
 * @param to an open of the target; the copy owns it after it is accepted
 * @param range the bytes to copy
 * @param verifier the write verifier from before the first byte
 */
public record CopyRequest(
    Client client,
    String clientText,
    Principal principal,
    ReferringCallList4 call,
    CopyInput source,
    FileRef target,
    FileUse to,
    CopyRange range,
    Verifier4 verifier) {}
