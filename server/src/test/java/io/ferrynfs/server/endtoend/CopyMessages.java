package io.ferrynfs.server.endtoend;

import io.ferrynfs.rpc.testkit.SimMessage;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells the messages of an asynchronous copy from all others, by looking into the records. */
final class CopyMessages {
  /** The hosts of a copy between servers. */
  static final String SOURCE = "source";

  static final String DESTINATION = "destination";

  /** A message of the exchange. */
  enum Kind {
    /** OPEN may be a part of it. */
    NOTIFY_CALL,
    NOTIFY_REPLY,
    /** From the destination to the source, to make its session there. */
    LINK_CALL,
    LINK_REPLY,
    /** From the destination to the source. */
    READ_CALL,
    READ_REPLY,
    CANCEL_AT_SOURCE_CALL,
    CANCEL_AT_SOURCE_REPLY,
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
    Kind kind = placed(kindOfCall(message), message);
    Kind reply =
        switch (kind) {
          case NOTIFY_CALL -> Kind.NOTIFY_REPLY;
          case LINK_CALL -> Kind.LINK_REPLY;
          case READ_CALL -> Kind.READ_REPLY;
          case CANCEL_AT_SOURCE_CALL -> Kind.CANCEL_AT_SOURCE_REPLY;
          case COPY_CALL -> Kind.COPY_REPLY;
          case CB_OFFLOAD_CALL -> Kind.CB_OFFLOAD_REPLY;
          case STATUS_CALL -> Kind.STATUS_REPLY;
          case CANCEL_CALL -> Kind.CANCEL_REPLY;
          default -> Kind.OTHER;
        };
    replies.put(new Asked(message.from(), message.connection(), message.xid()), reply);
    return kind;
  }

  /** What it is between these two: what a client sends to a server is no link of a destination. */
  private static Kind placed(Kind kind, SimMessage message) {
    return switch (kind) {
      case LINK_CALL, READ_CALL -> message.from().equals(DESTINATION) ? kind : Kind.OTHER;
      case CANCEL_CALL -> message.to().equals(SOURCE) ? Kind.CANCEL_AT_SOURCE_CALL : kind;
      default -> kind;
    };
  }

  private static Kind kindOfCall(SimMessage message) {
    List<NfsCbArgop4> callbacks = Compounds.callbacks(message);
    if (!callbacks.isEmpty() && callbacks.getLast() instanceof NfsCbArgop4.Offload) {
      return Kind.CB_OFFLOAD_CALL;
    }
    for (NfsArgop4 operation : Compounds.operations(message)) {
      switch (operation) {
        case NfsArgop4.CopyNotify notify -> {
          return Kind.NOTIFY_CALL;
        }
        case NfsArgop4.ExchangeId hello -> {
          return Kind.LINK_CALL;
        }
        case NfsArgop4.CreateSession session -> {
          return Kind.LINK_CALL;
        }
        case NfsArgop4.Read read -> {
          return Kind.READ_CALL;
        }
        case NfsArgop4.ReadPlus read -> {
          return Kind.READ_CALL;
        }
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
}
