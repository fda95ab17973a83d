package io.ferrynfs.client.session;

import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.ExchangeId4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Makes a connection with a session on it, one attempt at a time until one succeeds: connect, then
 * BIND_CONN_TO_SESSION if there is a session, else CREATE_SESSION, with EXCHANGE_ID first if the
 * server does not know the client. Whatever goes wrong closes the connection; the next attempt
 * begins after a pause that doubles up to five seconds. A connection that came about and was of no
 * use to any call is no success either: the pauses go on doubling.
 */
final class SessionConnector {

  /** Learns how attempts end. Called without a lock. */
  interface Listener {
    /**
     * There is a session.
     *
     * @param newClient whether the server has a new record of this client, without its opens
     */
    void up(SessionConnection on, SessionInfo session, boolean newClient);

    /** An attempt failed. Says whether to try again. */
    boolean failed(Throwable why);
  }

  private static final Duration RETRY_FIRST = Duration.ofMillis(50);
  private static final Duration RETRY_LONGEST = Duration.ofSeconds(5);
  private static final int STEPS_TIME_FACTOR = 2;

  private final Env env;
  private final SessionOptions options;
  private final RpcLimits limits;
  private final Handshake handshake;
  private final RpcHandler fromServer;
  private final Listener listener;
  private final TrafficCounter payload = new TrafficCounter();

  private final Object lock = new Object();
  private final Backoff backoff = new Backoff(RETRY_FIRST, RETRY_LONGEST);
  private @Nullable PeerIdentity identity;
  private boolean running;
  private boolean stopped;
  private boolean newClient;

  SessionConnector(
      Env env,
      SessionOptions options,
      RpcLimits limits,
      Handshake handshake,
      RpcHandler fromServer,
      Listener listener) {
    this.env = env;
    this.options = options;
    this.limits = limits;
    this.handshake = handshake;
    this.fromServer = fromServer;
    this.listener = listener;
  }

  /** What passes over all its connections. */
  TrafficCounter payload() {
    return payload;
  }

  /** Who answered EXCHANGE_ID last, null before. */
  @Nullable PeerIdentity identity() {
    synchronized (lock) {
      return identity;
    }
  }

  /**
   * Begins, unless attempts are under way already.
   *
   * @param live a connection to begin with, null for a new one
   * @param known the session to bind to, null for a new one
   * @param atOnce whether the last connection was of use; else there is a pause before the next
   */
  void begin(@Nullable SessionConnection live, @Nullable SessionInfo known, boolean atOnce) {
    synchronized (lock) {
      if (running || stopped) {
        return;
      }
      running = true;
      if (atOnce) {
        backoff.reset();
      }
    }
    if (atOnce) {
      attempt(live, known);
    } else {
      attemptLater(live, known);
    }
  }

  private void attemptLater(@Nullable SessionConnection live, @Nullable SessionInfo known) {
    Duration pause;
    synchronized (lock) {
      pause = backoff.next(env.random().nextInt());
    }
    env.timers()
        .schedule(
            pause,
            () -> {
              if (!isStopped()) {
                attempt(live, known);
              }
            });
  }

  void stop() {
    synchronized (lock) {
      stopped = true;
    }
  }

  private void attempt(@Nullable SessionConnection live, @Nullable SessionInfo known) {
    CompletableFuture<SessionConnection> connected =
        live != null && live.isOpen()
            ? CompletableFuture.completedFuture(live)
            : SessionConnection.connect(env, options, limits, payload, fromServer);
    var _ =
        connected.whenComplete((on, failure) -> {
          if (failure != null) {
            failed(null, known, failure);
          } else {
            overConnection(on, known);
          }
        });
  }

  private void overConnection(SessionConnection on, @Nullable SessionInfo known) {
    // A server that accepts the connection and then says nothing must be noticed: soon, where it
    // may be none.
    AtomicBoolean isSilent = new AtomicBoolean();
    Duration time =
        options.connectTimeout().multipliedBy(identity() == null ? 1 : STEPS_TIME_FACTOR);
    var overdue =
        env.timers()
            .schedule(
                time,
                () -> {
                  isSilent.set(true);
                  on.close();
                });
    CompletableFuture<SessionInfo> made = known == null ? newSession(on) : rebind(on, known);
    var _ =
        made.whenComplete((info, failure) -> {
          overdue.cancel();
          if (failure != null) {
            failed(on, known, unmet(failure, isSilent.get() ? time : null));
          } else {
            succeeded(on, info);
          }
        });
  }

  /** The failure, which may be that nobody there speaks NFS, or why this client left the server. */
  private Throwable unmet(Throwable failure, @Nullable Duration silence) {
    String none = "no NFS answer from " + options.server();
    if (silence != null) {
      return CallException.of(
          CallException.Kind.UNREACHABLE, none + " for " + silence.toSeconds() + " s");
    }
    if (identity() == null
        && CallFailures.cause(failure) instanceof RpcException other
        && !(other.getCause() instanceof CallException)) {
      return CallException.of(
          CallException.Kind.UNREACHABLE, none + ": " + CallFailures.words(other), other);
    }
    CallException left = CallFailures.ofThisEnd(failure);
    return left == null ? failure : left;
  }

  private CompletableFuture<SessionInfo> rebind(SessionConnection on, SessionInfo known) {
    return handshake
        .bind(on, known)
        .thenApply(bound -> known)
        .exceptionallyCompose(failure -> {
          CallException call = CallFailures.call(failure);
          if (call.is(Nfsstat4.NFS4ERR_BADSESSION) || call.is(Nfsstat4.NFS4ERR_DEADSESSION)) {
            return newSession(on);
          }
          // A server without this operation binds the fore channel by SEQUENCE (2.10.3.1).
          return call.is(Nfsstat4.NFS4ERR_NOTSUPP)
              ? CompletableFuture.completedFuture(known)
              : CompletableFuture.failedFuture(failure);
        });
  }

  private CompletableFuture<SessionInfo> newSession(SessionConnection on) {
    if (!handshake.hasClientid()) {
      return handshake
          .exchangeId(on)
          .thenAccept(this::met)
          .thenCompose(done -> handshake.createSession(on));
    }
    return handshake
        .createSession(on)
        .exceptionallyCompose(failure -> {
          CallException call = CallFailures.call(failure);
          if (call.is(Nfsstat4.NFS4ERR_STALE_CLIENTID)
              || call.is(Nfsstat4.NFS4ERR_SEQ_MISORDERED)) {
            handshake.forgetClientid();
            return newSession(on);
          }
          return CompletableFuture.failedFuture(failure);
        });
  }

  private void met(ExchangeId4Resok ok) {
    synchronized (lock) {
      identity = PeerIdentity.of(ok);
      // Not confirmed: the server has a new record of us, without our opens (18.35.4).
      newClient |= (ok.flags() & Nfs4.EXCHGID4_FLAG_CONFIRMED_R) == 0;
    }
  }

  private void succeeded(SessionConnection on, SessionInfo info) {
    boolean isNew;
    boolean late;
    synchronized (lock) {
      running = false;
      late = stopped;
      isNew = newClient;
      newClient = false;
    }
    if (late) {
      // Whoever wanted it has closed meanwhile, and nobody else would close this.
      on.close();
    } else {
      listener.up(on, info, isNew);
    }
  }

  private void failed(
      @Nullable SessionConnection on, @Nullable SessionInfo known, Throwable failure) {
    if (on != null) {
      on.close(failure);
    }
    if (!listener.failed(CallFailures.cause(failure))) {
      stop();
      return;
    }
    attemptLater(null, known);
  }

  private boolean isStopped() {
    synchronized (lock) {
      return stopped;
    }
  }
}
