package io.ferrynfs.client.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.backchannel.CallbackBudget;
import io.ferrynfs.client.backchannel.CallbackHandler;
import io.ferrynfs.client.backchannel.CallbackService;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.rpc.RpcCall;
import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session with a server, which is kept alive until it is closed.
 *
 * <p>The {@link SessionConnector} establishes connection and session, the {@link CallQueue} sends
 * the calls, {@link StateRecovery} recovers the opens, and the {@link LeaseRenewer} renews the
 * lease. This class passes events between them. A lost connection or a restart of the server delays
 * calls; they fail after the progress time-out.
 *
 * <p>The lock is never held while a request is sent or a future is completed.
 */
public final class ServerSession {

  private static final Duration CLOSE_TIME_MAX = Duration.ofSeconds(5);
  private static final Duration DRAIN_EVERY = Duration.ofMillis(50);
  private static final Duration LOOK_AGAIN_AFTER = Duration.ofSeconds(5);
  private static final Duration ACT_AGAIN_AFTER = Duration.ofSeconds(1);
  private static final int RECORD_ROOM_BYTES = 64 << 10;
  private static final int SPARE_CALLS = 16;

  private static final long REVOKED =
      Nfs4.SEQ4_STATUS_EXPIRED_ALL_STATE_REVOKED
          | Nfs4.SEQ4_STATUS_EXPIRED_SOME_STATE_REVOKED
          | Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED
          | Nfs4.SEQ4_STATUS_RECALLABLE_STATE_REVOKED;
  private static final long PATH_DOWN =
      Nfs4.SEQ4_STATUS_CB_PATH_DOWN | Nfs4.SEQ4_STATUS_CB_PATH_DOWN_SESSION;

  /** The RPC header of a call from the xid to the procedure (RFC 5531 section 9). */
  private static final int CALL_HEADER_BYTES = 24;

  /** The RPC header of an accepted reply without its verifier (RFC 5531 section 9). */
  private static final int REPLY_HEADER_BYTES = 16;

  /** The COMPOUND, its SEQUENCE, its filehandle and the fixed part of one further operation. */
  private static final int COMPOUND_BYTES = 640;

  private final Env env;
  private final Handshake handshake;
  private final SessionConnector establisher;
  private final CallQueue queue;
  private final StateRecovery recovery;
  private final CallbackService callbacks;
  private final CallbackBudget budget;
  private final LeaseRenewer lease;
  private final Duration longestCall;
  private final Duration longestOpening;
  private final long openedNanos;
  private final InetSocketAddress address;
  private final Credential credential;
  private volatile Runnable onReconnect = () -> {};
  private final CompletableFuture<ServerSession> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private final Object lock = new Object();

  @GuardedBy("lock")
  private @Nullable SessionConnection connection;

  @GuardedBy("lock")
  private @Nullable SessionInfo session;

  @GuardedBy("lock")
  private boolean sessionLost;

  @GuardedBy("lock")
  private boolean closing;

  @GuardedBy("lock")
  private long lastFlags;

  /** The flags that this client has acted on since {@link #actedNanos}. */
  @GuardedBy("lock")
  private long actedOn;

  @GuardedBy("lock")
  private long actedNanos;

  private ServerSession(Env env, SessionOptions options, CallbackHandler handler) {
    this.env = env;
    this.longestCall = CallTimeouts.longest(options.progressTimeout());
    this.longestOpening =
        CallTimeouts.usual(options.progressTimeout()).multipliedBy(CallTimeouts.GRACE_FACTOR);
    this.openedNanos = env.ticker().nanoTime();
    this.address = options.address();
    this.credential = options.credential();
    this.handshake = new Handshake(options, new Verifier4(Opaque.of(env.random().bytes(8))));
    this.establisher =
        new SessionConnector(
            env, options, limits(options), handshake, new FromServer(), new Attempts());
    this.queue = new CallQueue(env, options, new QueueEvents());
    this.lease = new LeaseRenewer(env, queue, options.progressTimeout());
    this.recovery = new StateRecovery(queue, lease, this::recovered);
    this.callbacks =
        new CallbackService(
            Handshake.CALLBACK_PROGRAM,
            Handshake.BACK_CHANNEL,
            handler,
            queue::shrinkTo,
            env.timers());
    this.budget = new CallbackBudget(env.ticker(), queue::replies);
  }

  private static RpcLimits limits(SessionOptions options) {
    RpcLimits usual = RpcLimits.DEFAULT;
    return usual.toBuilder().stream(
            usual.stream().toBuilder()
                .recordBytesMax(options.transferBytesMax() + RECORD_ROOM_BYTES)
                .build())
        .callsOutgoingMax(options.slotsMax() + SPARE_CALLS)
        .callsIncomingMax(Handshake.BACK_SLOTS + SPARE_CALLS)
        .build();
  }

  /**
   * Connects and creates a session. Fails without further attempts if there is no server or it
   * rejects the client. Cancelling the future closes the connection.
   */
  public static CompletableFuture<ServerSession> open(
      Env env, SessionOptions options, CallbackHandler handler) {
    ServerSession made = new ServerSession(env, options, handler);
    made.lease.start();
    var _ =
        made.opened.whenComplete((done, failure) -> {
          if (made.opened.isCancelled()) {
            made.abandon(
                CallException.of(Kind.CANCELLED, "the request to open the session was cancelled"));
          }
        });
    made.establisher.begin(null, null, true);
    return made.opened;
  }

  /** Returns the ticker's time. */
  public long nanoTime() {
    return env.ticker().nanoTime();
  }

  /** Sets the object that recovers opens after a restart of the server. */
  public void reclaimer(Reclaimer owner) {
    recovery.reclaimer(owner);
  }

  /**
   * Sets a listener that runs on a thread of the client when callbacks or state may have been lost:
   * after each new connection and session, and when a reply says that state was lost.
   */
  public void onReconnect(Runnable listener) {
    onReconnect = listener;
  }

  /** Sets the listener to notices that calls wait for the server; it runs on a client's thread. */
  public void onWaiting(Consumer<StallNotice> listener) {
    queue.onWaiting(listener);
  }

  /** Returns the environment. */
  public Env env() {
    return env;
  }

  public PeerIdentity identity() {
    return Objects.requireNonNull(establisher.identity());
  }

  /** Returns the address of the server. */
  public InetSocketAddress address() {
    return address;
  }

  /** Returns the local address of the connection; null while there is none. */
  public @Nullable SocketAddress localAddress() {
    SessionConnection on = current();
    return on == null ? null : on.localAddress();
  }

  /** Returns the counter of the file data of this session. */
  public TrafficCounter payload() {
    return establisher.payload();
  }

  /** Returns the present session, which changes after a restart of the server. */
  private SessionInfo info() {
    synchronized (lock) {
      return Objects.requireNonNull(session);
    }
  }

  public int minorVersion() {
    return info().minorVersion();
  }

  /**
   * Returns the client id of the present session, which changes after the server lost this client.
   */
  public long clientid() {
    return info().clientid();
  }

  /** Returns the maximum duration of any call (see {@link Compound.Timeout#LONG}). */
  public Duration longestCall() {
    return longestCall;
  }

  /**
   * Returns whether the reply cache survives a restart of the server (RFC 8881 section 18.16.3).
   */
  public boolean persistent() {
    return info().persistent();
  }

  /** Returns the maximum number of operations of a COMPOUND, without SEQUENCE. */
  public int operationsMax() {
    return (int) Math.min(info().fore().maxoperations(), Integer.MAX_VALUE) - 1;
  }

  /**
   * Returns the maximum number of bytes of one variable argument, such as the data of WRITE. The
   * rest of the COMPOUND and the RPC header with its credential fit into the request beside it.
   */
  public long argumentBytesMax() {
    return info().fore().maxrequestsize()
        - CALL_HEADER_BYTES
        - credential.callOverheadBytesMax()
        - COMPOUND_BYTES;
  }

  /**
   * Returns the maximum number of bytes of one variable result, such as the data of READ. The rest
   * of the COMPOUND and the RPC header with its verifier fit into the reply beside it.
   */
  public long resultBytesMax() {
    return info().fore().maxresponsesize()
        - REPLY_HEADER_BYTES
        - credential.replyOverheadBytesMax()
        - COMPOUND_BYTES;
  }

  public int slots() {
    return info().slots();
  }

  /** Sets the lease period, from the server's attribute. */
  public void leaseSeconds(int seconds) {
    lease.period(Duration.ofSeconds(seconds));
  }

  /**
   * Executes a COMPOUND exactly once, and again after NFS4ERR_DELAY and NFS4ERR_GRACE.
   *
   * @return the results if all operations succeeded; otherwise fails with a {@link CallException}
   */
  public CompletableFuture<Results> call(Compound compound) {
    return attempt(compound).thenApply(ServerSession::checked);
  }

  /** Executes a COMPOUND as {@link #call} does. An error status is a result. */
  public CompletableFuture<Results> attempt(Compound compound) {
    lease.watch();
    return queue.submit(compound, false);
  }

  private static Results checked(Results results) {
    if (!results.ok()) {
      throw new CompletionException(results.failure());
    }
    return results;
  }

  /** Handles the outcome of attempts to connect. */
  private final class Attempts implements SessionConnector.Listener {
    @Override
    public void connected(SessionConnection on, SessionInfo info, boolean newClient) {
      synchronized (lock) {
        connection = on;
        session = info;
        sessionLost = false;
      }
      callbacks.session(info.id());
      boolean recover = recovery.session(info.id(), newClient);
      queue.connected(on, info, recover);
      if (recover) {
        recovery.run(info.id());
      } else {
        opened.complete(ServerSession.this);
      }
      onReconnect.run();
      if (!on.isOpen()) {
        // The connection was closed before this class knew it.
        lost(on, ProgressTracker.End.BROKEN, "the connection was closed");
      }
    }

    @Override
    public boolean failed(Throwable why) {
      boolean _ = queue.disconnected(ProgressTracker.End.of(why), CallFailures.words(why));
      boolean busy =
          why instanceof CallException call
              && (call.is(Nfsstat4.NFS4ERR_DELAY) || call.is(Nfsstat4.NFS4ERR_GRACE))
              && env.ticker().nanoTime() - openedNanos < longestOpening.toNanos();
      if (opened.isDone() || busy) {
        return true;
      }
      abandon(
          why instanceof CallException call
              ? call
              : CallException.of(Kind.UNREACHABLE, CallFailures.words(why), why));
      return false;
    }
  }

  /** Closes the session because opening it failed. */
  private void abandon(CallException why) {
    SessionConnection on;
    synchronized (lock) {
      closing = true;
      on = connection;
    }
    lease.stop();
    establisher.stop();
    queue.close(why);
    if (on != null) {
      on.close();
    }
    opened.completeExceptionally(why);
  }

  private void recovered(@Nullable Throwable failure) {
    if (failure == null) {
      queue.recovered();
      opened.complete(this);
    } else if (!opened.isDone()) {
      abandon(CallFailures.call(failure));
    } else {
      // Start again with another session, because calls must not wait for recovery forever.
      queue.recoveryFailed();
      loseSession(current(), CallFailures.words(failure));
    }
  }

  private @Nullable SessionConnection current() {
    synchronized (lock) {
      return connection;
    }
  }

  private void lost(SessionConnection on, ProgressTracker.End how, String why) {
    SessionInfo known;
    synchronized (lock) {
      if (connection != on || closing) {
        return;
      }
      connection = null;
      sessionLost |= queue.worn();
      known = sessionLost ? null : session;
    }
    boolean useful = queue.disconnected(how, why);
    establisher.begin(null, known, useful);
  }

  private void loseSession(@Nullable SessionConnection on, String why) {
    synchronized (lock) {
      if (on == null || connection != on || sessionLost || closing) {
        return;
      }
      sessionLost = true;
    }
    boolean useful =
        queue.disconnected(ProgressTracker.End.SESSION_LOST, "the session was lost (" + why + ")");
    establisher.begin(on, null, useful);
  }

  /** Handles events in replies. */
  private final class QueueEvents implements CallEvents {
    @Override
    public void sessionLost(SessionConnection on, String why) {
      loseSession(on, why);
    }

    @Override
    public void notBound(SessionConnection on) {
      on.close(
          CallException.status(NfsOpnum4.OP_SEQUENCE, Nfsstat4.NFS4ERR_CONN_NOT_BOUND_TO_SESSION));
    }

    @Override
    public void statusFlags(long flags) {
      long fresh;
      synchronized (lock) {
        long now = env.ticker().nanoTime();
        if (now - actedNanos > ACT_AGAIN_AFTER.toNanos()) {
          actedOn = 0;
        }
        // If a server toggles a flag with each reply, the client acts once a second at most.
        fresh = flags & ~lastFlags & ~actedOn;
        lastFlags = flags & (lastFlags | fresh);
        if (fresh != 0) {
          actedOn |= fresh;
          actedNanos = now;
        }
      }
      if (fresh != 0) {
        act(fresh);
      }
    }
  }

  /** Acts on flags of SEQUENCE that were not set before (RFC 8881 section 18.46.3). */
  private void act(long flags) {
    if ((flags & Nfs4.SEQ4_STATUS_RESTART_RECLAIM_NEEDED) != 0) {
      queue.recovering();
      recovery.run(info().id());
    }
    if ((flags & REVOKED) != 0) {
      recovery.revoked();
      // The flag stays set while state is revoked again before the last stateid was freed.
      env.timers().schedule(LOOK_AGAIN_AFTER, () -> forget(REVOKED));
    }
    if ((flags & (Nfs4.SEQ4_STATUS_RESTART_RECLAIM_NEEDED | REVOKED)) != 0) {
      onReconnect.run();
    }
    if ((flags & (PATH_DOWN | Nfs4.SEQ4_STATUS_BACKCHANNEL_FAULT)) != 0) {
      recovery.callbacksDown();
    }
    if ((flags & Nfs4.SEQ4_STATUS_BACKCHANNEL_FAULT) != 0) {
      renew();
    } else if ((flags & PATH_DOWN) != 0) {
      bindAgain();
    }
  }

  private void bindAgain() {
    SessionConnection on = current();
    if (on != null) {
      var _ =
          handshake
              .bind(on, info())
              .whenComplete((bound, failure) ->
                  // If the path is still down then, the flag in a reply triggers another attempt.
                  env.timers().schedule(LOOK_AGAIN_AFTER, () -> forget(PATH_DOWN)));
    }
  }

  /** Forgets flags, so that they count as new in the next reply. */
  private void forget(long flags) {
    synchronized (lock) {
      lastFlags &= ~flags;
    }
  }

  /** Replaces the session after the calls in flight have ended. */
  private void renew() {
    boolean _ = queue.disconnected(ProgressTracker.End.PLANNED, "the backchannel is out of step");
    if (queue.idle()) {
      loseSession(current(), "backchannel fault");
    } else {
      env.timers().schedule(DRAIN_EVERY, this::renew);
    }
  }

  /** Handles callbacks and the end of the connection. */
  private final class FromServer implements RpcHandler {
    @Override
    public void handle(RpcCall call) {
      if (budget.take(call.recordBytes())) {
        callbacks.handle(call);
      } else {
        call.drop();
        call.connection()
            .close(CallException.of(Kind.PROTOCOL, "the server floods this client with callbacks"));
      }
    }

    @Override
    public void closed(RpcConnection rpc, IOException cause) {
      SessionConnection on = current();
      if (on != null && on.isOver(rpc)) {
        lost(on, ProgressTracker.End.of(cause), CallFailures.words(cause));
      }
    }
  }

  /** Waits a few seconds for some last work, and then closes the session. */
  public CompletableFuture<Void> closeAfter(CompletableFuture<Void> last) {
    CompletableFuture<Void> enough = new CompletableFuture<>();
    var overdue = env.timers().schedule(CLOSE_TIME_MAX, () -> enough.complete(null));
    var _ =
        last.whenComplete((done, failure) -> {
          overdue.cancel();
          enough.complete(null);
        });
    return enough.thenCompose(done -> close());
  }

  /** Destroys session and client id at the server, and closes the connection. */
  public CompletableFuture<Void> close() {
    SessionConnection on;
    SessionInfo known;
    synchronized (lock) {
      if (closing) {
        return ended;
      }
      closing = true;
      on = connection;
      known = session;
    }
    lease.stop();
    establisher.stop();
    queue.close(CallException.of(Kind.CLOSED, "the client was closed"));
    if (on == null || known == null || !on.isOpen()) {
      ended.complete(null);
      return ended;
    }
    var overdue = env.timers().schedule(CLOSE_TIME_MAX, on::close);
    var _ =
        handshake
            .destroySession(on, known)
            .thenCompose(done -> handshake.destroyClientid(on))
            .whenComplete((done, failure) -> {
              overdue.cancel();
              on.close();
              ended.complete(null);
            });
    return ended;
  }
}
