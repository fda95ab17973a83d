package io.ferrynfs.server.dispatch;

import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.XdrWriter;

/** Results of operations that failed, for which a status is all there is to say. */
final class FailedResults {
  /** The longest of them. */
  static final int BYTES_MAX = 12;

  private FailedResults() {}

  /** Writes the operation number, the status, and SETATTR's bitmap of what was set: nothing. */
  static void encode(NfsOpnum4 operation, Nfsstat4 status, XdrWriter out) {
    operation.encode(out);
    status.encode(out);
    if (operation == NfsOpnum4.OP_SETATTR) {
      out.writeInt(0);
    }
  }
}
