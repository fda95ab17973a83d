package io.ferrynfs.client.session;

import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * Tracks the progress of a session's calls across its connections, so that a server that ends each
 * connection without a reply is not called forever. Progress is a reply to a call with operations;
 * creating sessions and replying to a SEQUENCE alone is none. Not safe for use by several threads.
 */
final class ProgressTracker {

  /** The reasons for the end of a connection or a session. */
  enum End {
    /** The peer or the network ended the connection. */
    BROKEN("broke the connection %d times without an answer"),
    /** This client ended the connection because the peer violated the protocol. */
    PROTOCOL_ERROR("was disconnected %d times because of invalid data"),
    /** The server does not know the session, or recovery in it failed. */
    SESSION_LOST("has lost the session %d times without an answer"),
    /** This client ended the connection because the server sent nothing. */
    SILENT("did not answer %d times"),
    /** This client ended the connection because the server does not bind it to the session. */
    UNBOUND("does not take the connection into the session, %d times"),
    /** This client replaces the session, as the server requested. */
    PLANNED("rejected the session %d times");

    private final String words;

    End(String words) {
      this.words = words;
    }

    /** Returns the reason that corresponds to an exception. */
    static End of(Throwable cause) {
      CallException why = CallFailures.ofThisEnd(cause);
      if (why == null) {
        return BROKEN;
      }
      return switch (why.kind()) {
        case PROTOCOL -> PROTOCOL_ERROR;
        case TIMED_OUT -> SILENT;
        case STATUS -> why.is(Nfsstat4.NFS4ERR_CONN_NOT_BOUND_TO_SESSION) ? UNBOUND : BROKEN;
        default -> BROKEN;
      };
    }

    /** Returns the kind of the failure of a call. A server's violation is not a wrong address. */
    Kind kind() {
      return this == PROTOCOL_ERROR || this == UNBOUND ? Kind.PROTOCOL : Kind.UNREACHABLE;
    }
  }

  /** Calls fail after this many useless connections in a row, about a minute with the pauses. */
  static final int USELESS_CONNECTIONS_MAX = 20;

  /** A call fails when this many connections ended while it was pending, even with progress. */
  static final int DISCONNECTS_PER_CALL_MAX = 64;

  private final Ticker ticker;
  private final String server;
  private final DelayTracker delays;
  private long replies;
  private long lastReplyNanos;
  private long lastProgressNanos;
  private boolean hasAnswered;
  private boolean wasUseful = true;
  private int uselessConnections;
  private End last = End.BROKEN;
  private boolean isShut = true;
  private boolean recoveryFailed;
  private long upNanos;
  private long disconnectedSinceNanos;

  ProgressTracker(Ticker ticker, String server, DelayTracker delays) {
    this.delays = delays;
    this.ticker = ticker;
    this.server = server;
    this.disconnectedSinceNanos = ticker.nanoTime();
    this.lastReplyNanos = disconnectedSinceNanos;
    this.lastProgressNanos = disconnectedSinceNanos;
  }

  /** Records a reply to SEQUENCE. */
  void replied() {
    replies++;
    lastReplyNanos = ticker.nanoTime();
  }

  /** Returns the number of replies. */
  long replies() {
    return replies;
  }

  /** Records the reply to a call with operations. */
  void progressed() {
    lastProgressNanos = ticker.nanoTime();
    hasAnswered = true;
  }

  /** Records the results, the last of which may be NFS4ERR_DELAY or NFS4ERR_GRACE. */
  void recordResults(Results results) {
    delays.end(NfsOpnum4.OP_SEQUENCE);
    for (NfsResop4 result : results.results()) {
      if (result.status() == Nfsstat4.NFS4ERR_DELAY || result.status() == Nfsstat4.NFS4ERR_GRACE) {
        recordDelay(result.resop());
      } else {
        delays.end(result.resop());
      }
    }
  }

  /** Records that an operation returned NFS4ERR_DELAY or NFS4ERR_GRACE. */
  void recordDelay(NfsOpnum4 operation) {
    delays.add(operation, ticker.nanoTime());
  }

  /** Returns how long the server has delayed the operation at which it delayed this call. */
  long delayNanos(SessionCall call, long now) {
    return delays.nanos(call.delayedOperation, now);
  }

  /** Returns the ticker's time of the last reply. */
  long lastReplyNanos() {
    return lastReplyNanos;
  }

  /** Returns the ticker's time of the last progress. */
  long lastProgressNanos() {
    return lastProgressNanos;
  }

  /** Records that a connection was bound to a session. */
  void connected() {
    isShut = false;
    recoveryFailed = false;
    hasAnswered = false;
    upNanos = ticker.nanoTime();
  }

  /**
   * Records the end of a connection or session.
   *
   * @param isWaitedFor whether a call with operations was pending
   * @param steadyNanos a connection that lasted longer counts as established
   */
  void disconnected(End how, boolean isWaitedFor, long steadyNanos) {
    if (isShut) {
      return;
    }
    isShut = true;
    long now = ticker.nanoTime();
    if (!recoveryFailed && (hasAnswered || now - upNanos > steadyNanos)) {
      disconnectedSinceNanos = now;
    }
    boolean wasIdle = !isWaitedFor && lastReplyNanos - upNanos > 0;
    wasUseful =
        switch (how) {
          case PLANNED -> true;
          case PROTOCOL_ERROR, SILENT -> false;
          case BROKEN, SESSION_LOST, UNBOUND -> !recoveryFailed && (hasAnswered || wasIdle);
        };
    if (wasUseful) {
      uselessConnections = 0;
    } else if (isWaitedFor && how != End.SILENT) {
      uselessConnections++;
      last = how;
    }
  }

  /** Records that recovery failed, which makes the connection useless. */
  void recoveryFailed() {
    recoveryFailed = true;
  }

  /** Returns whether the last connection was useful, so the next attempt need not wait. */
  boolean wasUseful() {
    return wasUseful;
  }

  /** Returns whether so many connections in a row were useless that pending calls fail. */
  boolean isExhausted() {
    return uselessConnections >= USELESS_CONNECTIONS_MAX;
  }

  /** Returns the ticker's time since when there has been no useful connection. */
  long disconnectedSinceNanos() {
    return disconnectedSinceNanos;
  }

  /** Returns whether more than one connection in a row was useless. */
  boolean failsRepeatedly() {
    return uselessConnections > 1;
  }

  /**
   * Returns the failure of a call.
   *
   * @param times the number of useless connections, 0 for those counted here
   * @param why the reason of the last end
   */
  CallException failure(int times, String why) {
    return CallException.of(
        last.kind(), words(times == 0 ? uselessConnections : times) + ": " + why);
  }

  private String words(int times) {
    return "the server at " + server + " " + String.format(last.words, times);
  }
}
