package io.ferrynfs.server.endtoend;

import io.ferrynfs.rpc.testkit.SimMessage;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Classifies and numbers the messages about opens, locks and delegations. */
final class StateMessages {

  /** The subject of a message. A CLOSE may return a delegation, too. */
  enum Kind {
    OPEN,
    LOCK,
    LOCKU,
    CLOSE,
    DELEGRETURN,
    RECLAIM_COMPLETE,
    CB_RECALL,
    CB_NOTIFY_LOCK
  }

  /**
   * One message of a run.
   *
   * @param number the number among the messages of its kind and direction, from 1
   */
  record Point(Kind kind, boolean isReply, int number) {
    @Override
    public String toString() {
      return kind + (isReply ? "-REPLY-" : "-CALL-") + number;
    }
  }

  /** A call that expects a reply: the host that sent it, its connection and its xid. */
  private record CallKey(String from, int connection, int xid) {}

  private final Map<CallKey, Kind> kinds = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();

  /**
   * Returns the message's kind and number, or null for other messages. Call this once for each
   * message sent.
   */
  @Nullable Point pointOf(SimMessage message) {
    Kind kind;
    if (message.isCall()) {
      kind = kindOf(message);
      if (kind != null) {
        kinds.put(new CallKey(message.from(), message.connection(), message.xid()), kind);
      }
    } else {
      kind = kinds.get(new CallKey(message.to(), message.connection(), message.xid()));
    }
    boolean isReply = !message.isCall();
    return kind == null
        ? null
        : new Point(kind, isReply, counts.merge(kind + " " + isReply, 1, Integer::sum));
  }

  private static @Nullable Kind kindOf(SimMessage call) {
    List<NfsCbArgop4> callbacks = Compounds.callbacks(call);
    if (!callbacks.isEmpty()) {
      return switch (callbacks.getLast()) {
        case NfsCbArgop4.Recall _ -> Kind.CB_RECALL;
        case NfsCbArgop4.NotifyLock _ -> Kind.CB_NOTIFY_LOCK;
        default -> null;
      };
    }
    for (NfsArgop4 operation : Compounds.operations(call)) {
      Kind kind =
          switch (operation) {
            case NfsArgop4.Open _ -> Kind.OPEN;
            case NfsArgop4.Lock _ -> Kind.LOCK;
            case NfsArgop4.Locku _ -> Kind.LOCKU;
            case NfsArgop4.Close _ -> Kind.CLOSE;
            case NfsArgop4.Delegreturn _ -> Kind.DELEGRETURN;
            case NfsArgop4.ReclaimComplete _ -> Kind.RECLAIM_COMPLETE;
            default -> null;
          };
      if (kind != null) {
        return kind;
      }
    }
    return null;
  }
}
