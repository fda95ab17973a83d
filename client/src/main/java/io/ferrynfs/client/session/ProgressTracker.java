package io.ferrynfs.client.session;

import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * Whether the calls of a session get anywhere, counted over its connections: a server that breaks
 * each connection before it answers would otherwise be called for ever, because every connection
 * looks like a new beginning. What counts is the answer to a call that somebody waits for; that the
 * server makes sessions and answers SEQUENCE alone is no headway. Not safe for threads; the call
 * queue guards it.
 */
final class ProgressTracker {

  /** How a connection, or the session on it, ended. */
  enum End {
    /** By the peer or the network. */
    BROKEN("broke the connection %d times without an answer"),
    /** By nonsense of the peer's, whatever it has answered before. */
    NONSENSE("had to be left %d times because of what it sends"),
    /** The server does not know the session, or cannot recover what was open in it. */
    SESSION_LOST("has lost the session %d times without an answer"),
    /** By this client, because nothing came. */
    SILENT("did not answer %d times"),
    /** By this client, because the server does not take its connections into the session. */
    UNBOUND("does not take the connection into the session, %d times"),
    /** By this client, for another session, as the server has asked. */
    PLANNED("has asked for another session %d times");

    private final String words;

    End(String words) {
      this.words = words;
    }

    /** How a connection ended whose end has this cause. */
    static End of(Throwable cause) {
      CallException why = CallFailures.ofThisEnd(cause);
      if (why == null) {
        return BROKEN;
      }
      return switch (why.kind()) {
        case PROTOCOL -> NONSENSE;
        case TIMED_OUT -> SILENT;
        case STATUS -> why.is(Nfsstat4.NFS4ERR_CONN_NOT_BOUND_TO_SESSION) ? UNBOUND : BROKEN;
        default -> BROKEN;
      };
    }

    /** The kind of a call's failure for it: what the server does wrong is no wrong address. */
    Kind kind() {
      return this == NONSENSE || this == UNBOUND ? Kind.PROTOCOL : Kind.UNREACHABLE;
    }
  }

  /** So many connections in a row, about a minute with the pauses, are enough. */
  static final int FRUITLESS_MAX = 20;

  /** The same call may not take part in more ends than this, whatever is answered meanwhile. */
  static final int BREAKS_OF_CALL_MAX = 64;

  private final Ticker ticker;
  private final String server;
  private final DelayTracker putOffs;
  private long replies;
  private long lastReplyNanos;
  private long lastHeadwayNanos;
  private boolean hasAnswered;
  private boolean isFruitful = true;
  private int fruitless;
  private End last = End.BROKEN;
  private boolean isShut = true;
  private boolean isInVain;
  private long upNanos;
  private long shutSinceNanos;

  ProgressTracker(Ticker ticker, String server, DelayTracker putOffs) {
    this.putOffs = putOffs;
    this.ticker = ticker;
    this.server = server;
    this.shutSinceNanos = ticker.nanoTime();
    this.lastReplyNanos = shutSinceNanos;
    this.lastHeadwayNanos = shutSinceNanos;
  }

  /** The server has answered SEQUENCE. */
  void replied() {
    replies++;
    lastReplyNanos = ticker.nanoTime();
  }

  /** How often. */
  long replies() {
    return replies;
  }

  /** A call that somebody waits for is over. */
  void answered() {
    lastHeadwayNanos = ticker.nanoTime();
    hasAnswered = true;
  }

  /** The server has answered what is in these results, or has put the last of it off. */
  void countPutOffs(Results results) {
    putOffs.end(NfsOpnum4.OP_SEQUENCE);
    for (NfsResop4 result : results.results()) {
      if (result.status() == Nfsstat4.NFS4ERR_DELAY || result.status() == Nfsstat4.NFS4ERR_GRACE) {
        putOff(result.resop());
      } else {
        putOffs.end(result.resop());
      }
    }
  }

  /** The server has put an operation off. */
  void putOff(NfsOpnum4 operation) {
    putOffs.add(operation, ticker.nanoTime());
  }

  /** For how long the server has put off the operation that this call was put off at. */
  long putOffNanos(SessionCall call, long now) {
    return putOffs.nanos(call.putOffAt, now);
  }

  /** When the server last replied to anything. */
  long lastReplyNanos() {
    return lastReplyNanos;
  }

  /** When a call was last brought to its end. */
  long lastHeadwayNanos() {
    return lastHeadwayNanos;
  }

  /** There is a session on a connection. */
  void up() {
    isShut = false;
    isInVain = false;
    hasAnswered = false;
    upNanos = ticker.nanoTime();
  }

  /**
   * That is over.
   *
   * @param isWaitedFor whether any call was unanswered
   * @param steadyNanos a connection that has stood longer was one
   */
  void down(End how, boolean isWaitedFor, long steadyNanos) {
    if (isShut) {
      return;
    }
    isShut = true;
    long now = ticker.nanoTime();
    if (!isInVain && (hasAnswered || now - upNanos > steadyNanos)) {
      shutSinceNanos = now;
    }
    boolean wasIdle = !isWaitedFor && lastReplyNanos - upNanos > 0;
    isFruitful =
        switch (how) {
          case PLANNED -> true;
          case NONSENSE, SILENT -> false;
          case BROKEN, SESSION_LOST, UNBOUND -> !isInVain && (hasAnswered || wasIdle);
        };
    if (isFruitful) {
      fruitless = 0;
    } else if (isWaitedFor && how != End.SILENT) {
      fruitless++;
      last = how;
    }
  }

  /** StateRecovery in the session of now has failed, whatever was answered on the way. */
  void inVain() {
    isInVain = true;
  }

  /** Whether the next attempt to connect need not wait. */
  boolean isFruitful() {
    return isFruitful;
  }

  /** Whether calls that were unanswered have been so often enough. */
  boolean isHopeless() {
    return fruitless >= FRUITLESS_MAX;
  }

  /** Since when there has been no connection that was of use. */
  long shutSinceNanos() {
    return shutSinceNanos;
  }

  /** Whether connections have been made more than once meanwhile, and nothing came of them. */
  boolean isBroken() {
    return fruitless > 1;
  }

  /**
   * What has happened.
   *
   * @param times how often, 0 for as often as it was counted
   * @param why the reason of the last time
   */
  CallException failure(int times, String why) {
    return CallException.of(last.kind(), words(times == 0 ? fruitless : times) + ": " + why);
  }

  private String words(int times) {
    return "the server at " + server + " " + String.format(last.words, times);
  }
}
