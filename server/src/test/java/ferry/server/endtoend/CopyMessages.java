package ferry.server.endtoend;

import ferry.rpc.env.sim.SimMessage;
import ferry.wire.nfs4.CbCompound4Args;
import ferry.wire.nfs4.Compound4Args;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.NfsCbArgop4;
import ferry.wire.xdr.XdrException;
import ferry.wire.xdr.XdrReader;
import java.util.HashMap;
import java.util.Map;

/** Tells the messages of an asynchronous copy from all others, by looking into the records. */
final class CopyMessages {
  private static final int NFS_PROGRAM = 100003;
  private static final int CALL_HEADER_WORDS = 6;
  private static final int AUTH_BYTES_MAX = 400;

  /** A message of the exchange. */
  enum Kind {
    COPY_CALL,
    COPY_REPLY,
    CB_OFFLOAD_CALL,
    CB_OFFLOAD_REPLY,
    STATUS_CALL,
    STATUS_REPLY,
    CANCEL_CALL,
    CANCEL_REPLY,
    OTHER
  }

  /** A call that will be answered: the host that sent it, the connection, its xid. */
  private record Asked(String from, int connection, int xid) {}

  private final Map<Asked, Kind> replies = new HashMap<>();

  /** What a message is. To be asked once for each that is sent. */
  Kind kindOf(SimMessage message) {
    if (!message.isCall()) {
      return replies.getOrDefault(
          new Asked(message.to(), message.connection(), message.xid()), Kind.OTHER);
    }
    Kind kind = kindOfCall(message);
    Kind reply =
        switch (kind) {
          case COPY_CALL -> Kind.COPY_REPLY;
          case CB_OFFLOAD_CALL -> Kind.CB_OFFLOAD_REPLY;
          case STATUS_CALL -> Kind.STATUS_REPLY;
          case CANCEL_CALL -> Kind.CANCEL_REPLY;
          default -> Kind.OTHER;
        };
    replies.put(new Asked(message.from(), message.connection(), message.xid()), reply);
    return kind;
  }

  private static Kind kindOfCall(SimMessage message) {
    if (message.procedure() != 1) {
      return Kind.OTHER;
    }
    XdrReader in = new XdrReader(message.bytes());
    try {
      for (int i = 0; i < CALL_HEADER_WORDS; i++) {
        in.readInt();
      }
      for (int auth = 0; auth < 2; auth++) {
        in.readInt();
        in.readOpaque(AUTH_BYTES_MAX);
      }
      return message.program() == NFS_PROGRAM
          ? kindOf(Compound4Args.decode(in))
          : kindOf(CbCompound4Args.decode(in));
    } catch (XdrException e) {
      throw new AssertionError("no COMPOUND: " + message, e);
    }
  }

  private static Kind kindOf(Compound4Args compound) {
    for (NfsArgop4 operation : compound.argarray()) {
      switch (operation) {
        case NfsArgop4.Copy copy -> {
          return Kind.COPY_CALL;
        }
        case NfsArgop4.OffloadStatus status -> {
          return Kind.STATUS_CALL;
        }
        case NfsArgop4.OffloadCancel cancel -> {
          return Kind.CANCEL_CALL;
        }
        default -> {}
      }
    }
    return Kind.OTHER;
  }

  private static Kind kindOf(CbCompound4Args compound) {
    return compound.argarray().getLast() instanceof NfsCbArgop4.Offload
        ? Kind.CB_OFFLOAD_CALL
        : Kind.OTHER;
  }
}
