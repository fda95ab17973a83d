package io.ferrynfs.client.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * Connects and establishes a session, one attempt at a time until one succeeds. An attempt
 * connects, then sends BIND_CONN_TO_SESSION if there is a session, otherwise CREATE_SESSION, after
 * EXCHANGE_ID if the server does not know the client. An error closes the connection; the next
 * attempt starts after a pause that doubles up to five seconds. The pauses also keep doubling after
 * a connection that was useless to all calls.
 */
final class SessionConnector {

  /** Receives the outcome of attempts. Called without a lock. */
  interface Listener {
    /**
     * Reports an established session.
     *
     * @param newClient whether the server has a new record of this client, without its opens
     */
    void connected(SessionConnection on, SessionInfo session, boolean newClient);

    /** Reports a failed attempt. Returns whether to try again. */
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

  @GuardedBy("lock")
  private final Backoff backoff = new Backoff(RETRY_FIRST, RETRY_LONGEST);

  @GuardedBy("lock")
  private @Nullable PeerIdentity identity;

  @GuardedBy("lock")
  private boolean running;

  @GuardedBy("lock")
  private boolean stopped;

  @GuardedBy("lock")
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

  /** Returns the counter of the file data of all connections. */
  TrafficCounter payload() {
    return payload;
  }

  /** Returns the identity in the last reply to EXCHANGE_ID, null before the first one. */
  @Nullable PeerIdentity identity() {
    synchronized (lock) {
      return identity;
    }
  }

  /**
   * Starts attempts, unless they are running.
   *
   * @param live a connection to start with, null for a new one
   * @param known the session to bind to, null for a new one
   * @param atOnce whether to start without a pause, because the last connection was useful
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
    // A host that accepts the connection and sends nothing may not be an NFS server, so the first
    // attempt waits less.
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

  /** Returns the failure: no NFS server replied, or why this client ended the connection. */
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
          // Without this operation SEQUENCE binds the fore channel (RFC 8881 section 2.10.3.1).
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
      // RFC 8881 section 18.35.4: an unconfirmed record is a new one, without our opens.
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
      // The session was closed in the meantime, and nothing else closes this connection.
      on.close();
    } else {
      listener.connected(on, info, isNew);
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
