package ferry.client.session;

import ferry.client.backchannel.CallbackHandler;
import ferry.client.backchannel.CallbackService;
import ferry.client.session.CallException.Kind;
import ferry.rpc.RpcCall;
import ferry.rpc.RpcConnection;
import ferry.rpc.RpcHandler;
import ferry.rpc.RpcLimits;
import ferry.rpc.env.Env;
import ferry.wire.nfs4.Nfs4;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.ReclaimComplete4Args;
import ferry.wire.nfs4.Sessionid4;
import ferry.wire.nfs4.Verifier4;
import ferry.wire.xdr.Opaque;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A session with a server, kept up until closed.
 *
 * <p>One thing at a time is done to establish it: connect, then BIND_CONN_TO_SESSION if there is a
 * session, else CREATE_SESSION, with EXCHANGE_ID first if the server does not know the client. Then
 * the {@link CallQueue} is told and sends again what was in flight. Whatever goes wrong on the way
 * closes the connection, and the next attempt begins after a pause that doubles up to five seconds.
 * Callers see none of it but time: their calls fail when the progress time-out is over.
 *
 * <p>The lock guards the fields and is never held while something is sent or completed.
 */
public final class ServerSession {

  private static final Duration RETRY_FIRST = Duration.ofMillis(50);
  private static final Duration RETRY_LONGEST = Duration.ofSeconds(5);
  private static final Duration CLOSE_TIME_MAX = Duration.ofSeconds(5);
  private static final int SAFETY_FACTOR = 20;
  private static final int RECORD_ROOM_BYTES = 64 << 10;

  private static final long REVOKED =
      Nfs4.SEQ4_STATUS_EXPIRED_ALL_STATE_REVOKED
          | Nfs4.SEQ4_STATUS_EXPIRED_SOME_STATE_REVOKED
          | Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED
          | Nfs4.SEQ4_STATUS_RECALLABLE_STATE_REVOKED;
  private static final long PATH_DOWN =
      Nfs4.SEQ4_STATUS_CB_PATH_DOWN | Nfs4.SEQ4_STATUS_CB_PATH_DOWN_SESSION;

  private final Env env;
  private final SessionOptions options;
  private final RpcLimits limits;
  private final QueueEvents events = new QueueEvents();
  private final Handshake handshake;
  private final CallQueue queue;
  private final CallbackService callbacks;
  private final LeaseKeeper lease;
  private final Backoff backoff = new Backoff(RETRY_FIRST, RETRY_LONGEST);
  private final CompletableFuture<ServerSession> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Connection connection;
  private @Nullable SessionInfo session;
  private @Nullable ServerIdentity identity;
  private volatile Reclaimer reclaimer = Reclaimer.NONE;
  private @Nullable Sessionid4 recoveringIn;
  private boolean establishing;
  private boolean sessionUsable;
  private boolean reclaimNeeded = true;
  private boolean closing;
  private int establishment;
  private long lastFlags;

  private ServerSession(Env env, SessionOptions options, CallbackHandler handler) {
    this.env = env;
    this.options = options;
    RpcLimits usual = RpcLimits.DEFAULT;
    this.limits =
        usual
            .withStream(
                usual
                    .stream()
                    .withRecordBytesMax(options.transferBytesMax() + RECORD_ROOM_BYTES))
            .withCalls(options.slotsMax() + 16, Handshake.BACK_SLOTS + 4);
    this.handshake =
        new Handshake(options, new Verifier4(Opaque.of(env.random().bytes(8))));
    this.queue = new CallQueue(env, options.progressTimeout(), events);
    this.callbacks = new CallbackService(
            Handshake.CALLBACK_PROGRAM, Handshake.BACK_SLOTS, handler, queue::shrinkTo);
    this.lease = new LeaseKeeper(env, queue, options.progressTimeout());
  }

  /**
   * Connects and makes a session. Fails, without further attempts, when there is no server or it
   * refuses.
   */
  public static CompletableFuture<ServerSession> open(
      Env env, SessionOptions options, CallbackHandler handler) {
    ServerSession made = new ServerSession(env, options, handler);
    made.lease.start();
    made.establish();
    return made.opened;
  }

  /** Who gets opens back after a restart of the server. */
  public void reclaimer(Reclaimer owner) {
    reclaimer = owner;
  }

  public ServerIdentity identity() {
    lock.lock();
    try {
      return java.util.Objects.requireNonNull(identity);
    } finally {
      lock.unlock();
    }
  }

  /** The session of now; another one after the server restarted. */
  private SessionInfo info() {
    lock.lock();
    try {
      return java.util.Objects.requireNonNull(session);
    } finally {
      lock.unlock();
    }
  }

  public int minorVersion() {
    return info().minorVersion();
  }

  /** Whether the reply cache outlives the server, which decides how files are created. */
  public boolean persistent() {
    return info().persistent();
  }

  /** The operations a COMPOUND may have, SEQUENCE not counted. */
  public int operationsMax() {
    return (int) Math.min(info().fore().maxoperations(), Integer.MAX_VALUE) - 1;
  }

  public long requestBytesMax() {
    return info().fore().maxrequestsize();
  }

  public long responseBytesMax() {
    return info().fore().maxresponsesize();
  }

  public int slots() {
    return info().slots();
  }

  /** The lease period, as the server's attribute says. */
  public void leaseSeconds(int seconds) {
    lease.period(Duration.ofSeconds(seconds));
  }

  /**
   * Executes a COMPOUND exactly once. NFS4ERR_DELAY and NFS4ERR_GRACE are waited out.
   *
   * @return the results if all succeeded, else a {@link CallException}
   */
  public CompletableFuture<Results> call(Compound compound) {
    return attempt(compound).thenApply(ServerSession::checked);
  }

  /** {@link #call} where an error is a result: {@link Results#status} tells. */
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

  // Establishing

  private void establish() {
    int number;
    Connection live;
    lock.lock();
    try {
      if (establishing || closing) {
        return;
      }
      establishing = true;
      number = ++establishment;
      live = connection != null && connection.isOpen() ? connection : null;
    } finally {
      lock.unlock();
    }
    attemptEstablish(number, live);
  }

  private void attemptEstablish(int number, @Nullable Connection live) {
    CompletableFuture<Connection> connected =
        live != null
            ? CompletableFuture.completedFuture(live)
            : Connection.connect(
                env, options, limits, options.progressTimeout().multipliedBy(SAFETY_FACTOR),
                new FromServer());
    var _ =
        connected.whenComplete(
        (on, failure) -> {
          if (failure != null) {
            failedEstablish(number, null, failure);
          } else {
            overConnection(number, on);
          }
        });
  }

  private void overConnection(int number, Connection on) {
    boolean bindFirst;
    SessionInfo known;
    lock.lock();
    try {
      connection = on;
      known = session;
      bindFirst = sessionUsable && known != null;
    } finally {
      lock.unlock();
    }
    // Each step has its own time, so that a server that accepts and then says nothing is noticed.
    var overdue =
        env.timers().schedule(options.connectTimeout().multipliedBy(2), on::close);
    CompletableFuture<SessionInfo> made =
        bindFirst && known != null ? rebind(on, known) : newSession(on);
    var _ =
        made.whenComplete(
        (info, failure) -> {
          overdue.cancel();
          if (failure != null) {
            failedEstablish(number, on, failure);
          } else {
            established(on, info);
          }
        });
  }

  private CompletableFuture<SessionInfo> rebind(Connection on, SessionInfo known) {
    return handshake
        .bind(on, known)
        .thenApply(bound -> known)
        .exceptionallyCompose(
            failure -> {
              CallException call = Failures.call(failure);
              if (call.is(Nfsstat4.NFS4ERR_BADSESSION) || call.is(Nfsstat4.NFS4ERR_DEADSESSION)) {
                return newSession(on);
              }
              // A server without BIND_CONN_TO_SESSION binds the fore channel by SEQUENCE (2.10.3.1).
              return call.is(Nfsstat4.NFS4ERR_NOTSUPP)
                  ? CompletableFuture.completedFuture(known)
                  : CompletableFuture.failedFuture(failure);
            });
  }

  private CompletableFuture<SessionInfo> newSession(Connection on) {
    if (!handshake.hasClientid()) {
      return exchange(on).thenCompose(done -> handshake.createSession(on));
    }
    return handshake
        .createSession(on)
        .exceptionallyCompose(
            failure -> {
              CallException call = Failures.call(failure);
              if (call.is(Nfsstat4.NFS4ERR_STALE_CLIENTID)
                  || call.is(Nfsstat4.NFS4ERR_SEQ_MISORDERED)) {
                handshake.forgetClientid();
                return newSession(on);
              }
              return CompletableFuture.failedFuture(failure);
            });
  }

  private CompletableFuture<Void> exchange(Connection on) {
    return handshake
        .exchangeId(on)
        .thenAccept(
            ok -> {
              lock.lock();
              try {
                identity = ServerIdentity.of(ok);
                // Not confirmed: the server has a new record of us, without our opens (18.35.4).
                reclaimNeeded |= (ok.flags() & Nfs4.EXCHGID4_FLAG_CONFIRMED_R) == 0;
              } finally {
                lock.unlock();
              }
            });
  }

  private void failedEstablish(int number, @Nullable Connection on, Throwable failure) {
    if (on != null) {
      on.close();
    }
    Throwable cause = Failures.cause(failure);
    boolean first = !opened.isDone();
    boolean busy =
        cause instanceof CallException call
            && (call.is(Nfsstat4.NFS4ERR_DELAY) || call.is(Nfsstat4.NFS4ERR_GRACE));
    queue.down(String.valueOf(cause.getMessage()));
    if (first && !busy) {
      lease.stop();
      lock.lock();
      try {
        closing = true;
      } finally {
        lock.unlock();
      }
      opened.completeExceptionally(
          cause instanceof CallException
              ? cause
              : CallException.of(Kind.UNREACHABLE, String.valueOf(cause.getMessage()), cause));
      return;
    }
    Duration pause;
    lock.lock();
    try {
      pause = backoff.next(env.random().nextInt());
    } finally {
      lock.unlock();
    }
    env.timers()
        .schedule(
            pause,
            () -> {
              lock.lock();
              try {
                establishing = false;
                if (number != establishment) {
                  return;
                }
              } finally {
                lock.unlock();
              }
              establish();
            });
  }

  private void established(Connection on, SessionInfo info) {
    boolean recover;
    lock.lock();
    try {
      if (recoveringIn != null && !recoveringIn.equals(info.id())) {
        recoveringIn = null;
      }
      session = info;
      sessionUsable = true;
      establishing = false;
      backoff.reset();
      recover = reclaimNeeded;
    } finally {
      lock.unlock();
    }
    callbacks.session(info.id());
    queue.up(on, info, recover);
    if (recover) {
      recoverState();
    }
    if (!on.isOpen()) {
      // It went before anybody listened.
      lost(on, "the connection was closed");
    }
  }

  /**
   * Reclaims in the session of now. When that session is lost meanwhile, the calls of this run fail
   * and the run ends; the next session begins another.
   */
  private void recoverState() {
    SessionInfo in;
    lock.lock();
    try {
      in = session;
      if (in == null || in.id().equals(recoveringIn)) {
        return;
      }
      recoveringIn = in.id();
    } finally {
      lock.unlock();
    }
    Sessionid4 id = in.id();
    Reclaimer owner = reclaimer;
    var _ =
        owner
        .reclaim(compound -> recoveryCall(id, compound))
        .thenCompose(done -> reclaimComplete(id))
        .thenCompose(done -> owner.reopen(compound -> recoveryCall(id, compound)))
        .whenComplete((done, failure) -> endRecovery(id, failure));
  }

  private void endRecovery(Sessionid4 id, @Nullable Throwable failure) {
    Connection on;
    boolean current;
    lock.lock();
    try {
      current = id.equals(recoveringIn);
      if (current) {
        recoveringIn = null;
        reclaimNeeded = failure != null;
      }
      on = connection;
    } finally {
      lock.unlock();
    }
    if (!current) {
      return;
    }
    if (failure == null) {
      queue.recovered();
      opened.complete(this);
      return;
    }
    if (!opened.isDone()) {
      opened.completeExceptionally(Failures.call(failure));
    } else if (on != null) {
      // Begin again with another session rather than hold all calls back for ever.
      events.sessionLost(on, String.valueOf(Failures.cause(failure).getMessage()));
    }
  }

  private CompletableFuture<Results> recoveryCall(Sessionid4 id, Compound compound) {
    lock.lock();
    try {
      if (!id.equals(recoveringIn)) {
        return CompletableFuture.failedFuture(
            CallException.of(Kind.UNREACHABLE, "the session was lost during recovery"));
      }
    } finally {
      lock.unlock();
    }
    lease.watch();
    return queue.submit(compound, true);
  }

  /** RECLAIM_COMPLETE, also by a client that had nothing to reclaim (section 18.51.3). */
  private CompletableFuture<Void> reclaimComplete(Sessionid4 id) {
    return recoveryCall(
            id,
            Compound.of()
                .once(new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(false)))
                .build())
        .thenAccept(
            results -> {
              if (!results.ok() && results.status() != Nfsstat4.NFS4ERR_COMPLETE_ALREADY) {
                throw new CompletionException(results.failure());
              }
            });
  }

  // Losing

  private void lost(Connection on, String why) {
    lock.lock();
    try {
      if (connection != on || closing) {
        return;
      }
      if (establishing) {
        return;
      }
      connection = null;
      sessionUsable = sessionUsable && !queue.worn();
    } finally {
      lock.unlock();
    }
    queue.down(why);
    establish();
  }

  /** What the call queue finds out in replies. */
  private final class QueueEvents implements CallQueue.Events {
    @Override
    public void sessionLost(Connection on, String why) {
      lock.lock();
      try {
        if (connection != on || establishing || closing) {
          return;
        }
        sessionUsable = false;
      } finally {
        lock.unlock();
      }
      queue.down("the session was lost (" + why + ")");
      establish();
    }

    @Override
    public void notBound(Connection on) {
      on.close();
    }

    @Override
    public void statusFlags(long flags) {
      long fresh;
      lock.lock();
      try {
        fresh = flags & ~lastFlags;
        lastFlags = flags;
      } finally {
        lock.unlock();
      }
      if (fresh != 0) {
        act(fresh);
      }
    }
  }

  /** Acts on flags of SEQUENCE that were not set before (RFC 5661 section 18.46.3). */
  private void act(long flags) {
    if ((flags & Nfs4.SEQ4_STATUS_RESTART_RECLAIM_NEEDED) != 0) {
      queue.recovering();
      recoverState();
    }
    if ((flags & REVOKED) != 0) {
      reclaimer.revoked();
    }
    if ((flags & Nfs4.SEQ4_STATUS_BACKCHANNEL_FAULT) != 0) {
      renew();
    } else if ((flags & PATH_DOWN) != 0) {
      bindAgain();
    }
  }

  private void bindAgain() {
    Connection on;
    SessionInfo known;
    lock.lock();
    try {
      on = connection;
      known = session;
    } finally {
      lock.unlock();
    }
    if (on != null && known != null) {
      var _ =
          handshake
          .bind(on, known)
          .whenComplete(
              (bound, failure) -> {
                // Should the path be down still then, a reply says so and it is tried again.
                env.timers().schedule(RETRY_LONGEST, this::forgetPathDown);
              });
    }
  }

  private void forgetPathDown() {
    lock.lock();
    try {
      lastFlags &= ~PATH_DOWN;
    } finally {
      lock.unlock();
    }
  }

  /** Another session instead of this one, after the calls in flight are answered. */
  private void renew() {
    queue.down("the backchannel is out of step");
    if (!queue.idle()) {
      env.timers().schedule(RETRY_FIRST, this::renew);
      return;
    }
    Connection on;
    lock.lock();
    try {
      on = connection;
    } finally {
      lock.unlock();
    }
    if (on != null) {
      events.sessionLost(on, "backchannel fault");
    }
  }

  /** What comes from the server by itself: calls of the backchannel and the end. */
  private final class FromServer implements RpcHandler {
    @Override
    public void handle(RpcCall call) {
      callbacks.handle(call);
    }

    @Override
    public void closed(RpcConnection rpc, IOException cause) {
      Connection on;
      lock.lock();
      try {
        on = connection;
      } finally {
        lock.unlock();
      }
      if (on != null && on.isOver(rpc)) {
        lost(on, String.valueOf(cause.getMessage()));
      }
    }
  }

  // Closing

  /** Ends session and client id at the server and the connection here. */
  public CompletableFuture<Void> close() {
    Connection on;
    SessionInfo known;
    lock.lock();
    try {
      if (closing) {
        return ended;
      }
      closing = true;
      on = connection;
      known = session;
    } finally {
      lock.unlock();
    }
    lease.stop();
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
        .whenComplete(
            (done, failure) -> {
              overdue.cancel();
              on.close();
              ended.complete(null);
            });
    return ended;
  }
}
