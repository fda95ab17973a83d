package io.ferrynfs.rpc.auth;

import io.ferrynfs.wire.rpc.Rpc;
import io.ferrynfs.wire.xdr.XdrWriter;

/**
 * The protection of replies under AUTH_NONE and AUTH_SYS: an empty verifier, and results as they
 * are.
 *
 * @param principal the caller
 */
record PlainProtection(RpcPrincipal principal) implements ReplyProtection {

  /** The length of the flavor and the length word of an opaque_auth without a body. */
  static final int NONE_BYTES = 8;

  /** Writes an opaque_auth of AUTH_NONE. */
  static void writeNone(XdrWriter out) {
    out.writeInt((int) Rpc.AUTH_NONE);
    out.writeInt(0);
  }

  @Override
  public int verifierBytesMax() {
    return NONE_BYTES;
  }

  @Override
  public void writeVerifier(XdrWriter out) {
    writeNone(out);
  }
}
