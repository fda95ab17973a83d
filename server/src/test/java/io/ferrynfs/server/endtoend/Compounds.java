package io.ferrynfs.server.endtoend;

import io.ferrynfs.rpc.testkit.SimMessage;
import io.ferrynfs.wire.nfs4.CbCompound4Args;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import java.util.List;

/** Decodes the calls on a simulated network. */
final class Compounds {
  private static final int NFS_PROGRAM = 100003;
  private static final int CALL_HEADER_WORDS = 6;
  private static final int AUTH_BYTES_MAX = 400;
  private static final int COMPOUND = 1;

  private Compounds() {}

  /** Returns the operations of a COMPOUND to a server, or an empty list for any other call. */
  static List<NfsArgop4> operations(SimMessage call) {
    if (call.procedure() != COMPOUND || call.program() != NFS_PROGRAM) {
      return List.of();
    }
    try {
      return Compound4Args.decode(body(call)).argarray();
    } catch (XdrException e) {
      throw new AssertionError("not a COMPOUND: " + call, e);
    }
  }

  /** Returns the operations of a CB_COMPOUND to a client, or an empty list for any other call. */
  static List<NfsCbArgop4> callbacks(SimMessage call) {
    if (call.procedure() != COMPOUND || call.program() == NFS_PROGRAM) {
      return List.of();
    }
    try {
      return CbCompound4Args.decode(body(call)).argarray();
    } catch (XdrException e) {
      throw new AssertionError("not a CB_COMPOUND: " + call, e);
    }
  }

  private static XdrReader body(SimMessage call) throws XdrException {
    XdrReader in = new XdrReader(call.bytes());
    for (int i = 0; i < CALL_HEADER_WORDS; i++) {
      in.readInt();
    }
    for (int auth = 0; auth < 2; auth++) {
      in.readInt();
      in.readOpaque(AUTH_BYTES_MAX);
    }
    return in;
  }
}
