package io.ferrynfs.server.endtoend;

import io.ferrynfs.rpc.testkit.SimMessage;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Classifies the messages of an asynchronous copy by their content. */
final class CopyMessages {
  /** The hosts of a copy between servers. */
  static final String SOURCE = "source";

  static final String DESTINATION = "destination";

  /** The kind of a message. */
  enum Kind {
    /** An OPEN may be in the same COMPOUND. */
    NOTIFY_CALL,
    NOTIFY_REPLY,
    /** A call of the destination that creates its session at the source. */
    LINK_CALL,
    LINK_REPLY,
    /** A call of the destination to the source. */
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

  /** A call that expects a reply: the host that sent it, its connection and its xid. */
  private record CallKey(String from, int connection, int xid) {}

  private final Map<CallKey, Kind> replies = new HashMap<>();

  /** Returns the kind of a message. Call this once for each message sent. */
  Kind kindOf(SimMessage message) {
    if (!message.isCall()) {
      return replies.getOrDefault(
          new CallKey(message.to(), message.connection(), message.xid()), Kind.OTHER);
    }
    Kind kind = refined(kindOfCall(message), message);
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
    replies.put(new CallKey(message.from(), message.connection(), message.xid()), reply);
    return kind;
  }

  /**
   * Returns the kind with regard to sender and receiver: calls of a client are no calls of a
   * destination.
   */
  private static Kind refined(Kind kind, SimMessage message) {
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
        case NfsArgop4.ExchangeId exchangeId -> {
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
