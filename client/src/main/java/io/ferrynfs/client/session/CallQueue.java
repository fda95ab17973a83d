package io.ferrynfs.client.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sequence4Res;
import io.ferrynfs.wire.nfs4.Sequence4Resok;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a session, each of which the server executes exactly once (RFC 8881 section 2.10.6).
 *
 * <p>A call waits here for a slot, is sent with SEQUENCE in front, and keeps its slot until the
 * reply arrives. After the loss of a connection the same bytes are sent again under the same
 * sequence id on the next connection; the server replies from its reply cache or executes the call
 * for the first time. Only after the loss of the session does a call move to a slot of the next
 * session. {@link Results#outcomeUnknown} marks the calls that may have been executed before.
 *
 * <p>The lock is never held while a request is sent, a future is completed or an event is reported.
 */
final class CallQueue {

  private static final Duration DELAY_FIRST = Duration.ofMillis(20);
  private static final Duration DELAY_LONGEST = Duration.ofSeconds(5);

  private final Env env;
  private final CallEvents events;
  private final CallTimeouts timeouts;
  private final StallWatch watch;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final CallBacklog backlog = new CallBacklog();

  @GuardedBy("lock")
  private final ProgressTracker progress;

  @GuardedBy("lock")
  private InFlightCalls inFlight = new InFlightCalls(1);

  @GuardedBy("lock")
  private @Nullable SessionInfo session;

  @GuardedBy("lock")
  private @Nullable SessionConnection connection;

  @GuardedBy("lock")
  private CallGate gate = CallGate.SHUT;

  /** The connection that this client ended because the server sent nothing. */
  @GuardedBy("lock")
  private @Nullable SessionConnection silent;

  @GuardedBy("lock")
  private @Nullable CallException closed;

  /** Why there is no connection. */
  @GuardedBy("lock")
  private CallException trouble = CallException.of(Kind.UNREACHABLE, "");

  CallQueue(Env env, SessionOptions options, CallEvents events) {
    this.env = env;
    this.events = events;
    this.timeouts = new CallTimeouts(options.progressTimeout());
    this.progress = new ProgressTracker(env.ticker(), options.server(), timeouts.delays());
    this.watch = new StallWatch(env);
  }

  /** Sets the listener to notices that calls wait for the server. */
  void onWaiting(Consumer<StallNotice> listener) {
    watch.listener(listener);
  }

  /** Executes a COMPOUND. An error status is a result, not a failure of the future. */
  CompletableFuture<Results> submit(Compound compound, boolean recovery) {
    SessionCall call = new SessionCall(compound, recovery, env.ticker().nanoTime());
    CallException refusal;
    synchronized (lock) {
      refusal = closed;
      if (refusal == null) {
        backlog.add(call);
      }
    }
    if (refusal != null) {
      call.fail(refusal);
    } else {
      sendQueued();
    }
    return call.future;
  }

  /**
   * Sends the calls in flight again on a connection that was bound to a session. If the session is
   * a new one, they move to slots of it first.
   */
  void connected(SessionConnection bound, SessionInfo with, boolean recovering) {
    List<Transmission> again = new ArrayList<>();
    List<SessionCall> superseded = new ArrayList<>();
    synchronized (lock) {
      connection = bound;
      progress.connected();
      gate = recovering ? CallGate.RECOVERY_ONLY : CallGate.OPEN;
      if (with.equals(session)) {
        for (SessionCall call : inFlight.calls().toList()) {
          again.add(sendFirst(call));
        }
      } else {
        moveAll(superseded);
        session = with;
        inFlight = new InFlightCalls(with.slots());
      }
    }
    superseded.forEach(
        call -> call.fail(CallException.of(Kind.UNREACHABLE, "the session was lost again")));
    again.forEach(this::transmit);
    sendQueued();
  }

  /** Queues the calls of a lost session in slot order, before all others. */
  @GuardedBy("lock")
  private void moveAll(List<SessionCall> superseded) {
    superseded.addAll(backlog.takeRecovery());
    for (SessionCall call : inFlight.takeAll().reversed()) {
      if (call.recovery) {
        superseded.add(call);
      } else {
        backlog.addFirst(call);
      }
    }
  }

  /** Sends ordinary calls again, after recovery. */
  void recovered() {
    synchronized (lock) {
      if (gate == CallGate.RECOVERY_ONLY) {
        gate = CallGate.OPEN;
      }
    }
    sendQueued();
  }

  /** Sends only calls of recovery from now on. */
  void recovering() {
    synchronized (lock) {
      if (gate == CallGate.OPEN) {
        gate = CallGate.RECOVERY_ONLY;
      }
    }
  }

  /**
   * Sends nothing until {@link #connected}. Calls that time out or that were disconnected too often
   * fail with the reason.
   *
   * @return whether the connection was useful, so that the next attempt to connect need not wait
   */
  boolean disconnected(ProgressTracker.End how, String why) {
    List<Runnable> ends = new ArrayList<>();
    boolean useful;
    synchronized (lock) {
      if (gate != CallGate.SHUT) {
        gate = CallGate.SHUT;
        boolean isSilent = connection != null && connection.equals(silent);
        boolean isWaitedFor = inFlight.countDisconnect() || backlog.hasOperations();
        progress.disconnected(
            isSilent ? ProgressTracker.End.SILENT : how, isWaitedFor, timeouts.steadyNanos());
        boolean all = progress.isExhausted();
        List<SessionCall> failed =
            new ArrayList<>(
                inFlight.abandon(
                    call -> all || call.disconnects >= ProgressTracker.DISCONNECTS_PER_CALL_MAX));
        failed.addAll(backlog.take(call -> all));
        for (SessionCall call : failed) {
          CallException failure = progress.failure(all ? 0 : call.disconnects, why);
          ends.add(() -> call.fail(failure));
        }
      }
      trouble = CallException.of(how.kind(), why);
      useful = progress.wasUseful();
    }
    ends.forEach(Runnable::run);
    return useful;
  }

  /** Records that recovery in the present session failed. */
  void recoveryFailed() {
    synchronized (lock) {
      progress.recoveryFailed();
    }
  }

  /** Fails all present and future calls. */
  void close(CallException why) {
    List<SessionCall> all = new ArrayList<>();
    synchronized (lock) {
      closed = why;
      gate = CallGate.SHUT;
      all.addAll(backlog.take(call -> true));
      all.addAll(inFlight.abandon(call -> true));
    }
    all.forEach(call -> call.fail(why));
    lookForWaiting();
  }

  /** Returns the ticker's time of the last reply. */
  long lastReplyNanos() {
    synchronized (lock) {
      return progress.lastReplyNanos();
    }
  }

  /** Returns the number of replies. */
  long replies() {
    synchronized (lock) {
      return progress.replies();
    }
  }

  /** Returns whether no call is in a slot. */
  boolean idle() {
    synchronized (lock) {
      return inFlight.isIdle();
    }
  }

  /** Returns whether so many slots are retired that a new session is better. */
  boolean worn() {
    synchronized (lock) {
      return inFlight.isWorn();
    }
  }

  /** Returns whether ordinary calls are sent. */
  boolean isOpen() {
    synchronized (lock) {
      return gate == CallGate.OPEN;
    }
  }

  /** Shrinks the slot table, for CB_RECALL_SLOT (RFC 8881 section 20.8). */
  void shrinkTo(long targetHighestSlot) {
    synchronized (lock) {
      inFlight.shrinkTo(targetHighestSlot);
    }
  }

  private void sendQueued() {
    List<Transmission> sends = new ArrayList<>(4);
    synchronized (lock) {
      SessionCall call = next();
      while (call != null && inFlight.put(call)) {
        backlog.removeFirst(call);
        sends.add(sendFirst(call));
        call = next();
      }
    }
    sends.forEach(this::transmit);
  }

  @GuardedBy("lock")
  private @Nullable SessionCall next() {
    if (gate == CallGate.SHUT) {
      return null;
    }
    return backlog.first(gate == CallGate.RECOVERY_ONLY);
  }

  /** Returns a first transmission on this connection. */
  @GuardedBy("lock")
  private Transmission sendFirst(SessionCall call) {
    call.lastStatus = Nfsstat4.NFS4_OK;
    call.sentNanos = env.ticker().nanoTime();
    return send(call);
  }

  /** Returns a transmission of a call in its slot; the bytes are the same each time. */
  @GuardedBy("lock")
  private Transmission send(SessionCall call) {
    SessionInfo in = Objects.requireNonNull(session);
    call.transmission.incrementAndGet();
    call.unanswered++;
    return new Transmission(
        call,
        call.transmission.get(),
        Objects.requireNonNull(connection),
        call.arguments(in, inFlight.sequenceId(call)));
  }

  private void transmit(Transmission send) {
    var _ =
        send.on()
            .compound(send.args(), send.call().compound, send::isLast)
            .whenComplete((reply, failure) -> {
              if (failure != null) {
                failed(send, failure);
              } else {
                answered(send, reply);
              }
            });
  }

  /** Handles a call without a reply. It keeps its slot unless RPC rejected it. */
  private void failed(Transmission send, Throwable failure) {
    if (SessionConnection.isLost(failure)) {
      return;
    }
    SessionCall call = send.call();
    boolean worn;
    synchronized (lock) {
      if (!send.isLast()) {
        return;
      }
      progress.replied();
      progress.progressed();
      inFlight.abandon(call);
      worn = inFlight.isWorn();
      if (SessionConnection.isRefused(failure)) {
        call.unanswered--;
      }
    }
    call.fail(CallFailures.refused(failure));
    if (worn) {
      events.sessionLost(send.on(), "too many of its slots are in doubt");
    }
    sendQueued();
  }

  private void answered(Transmission send, Compound4Res reply) {
    List<NfsResop4> all = reply.resarray();
    if (all.isEmpty() || !(all.getFirst() instanceof NfsResop4.Sequence(Sequence4Res sequence))) {
      refused(send, reply.status());
    } else if (sequence instanceof Sequence4Res.Ok(Sequence4Resok ok)) {
      Results results = new Results(reply.status(), all.subList(1, all.size()), false);
      String another = send.objection(ok);
      if (another != null) {
        misdirected(send, another);
      } else if (results.fits(send.call().compound)) {
        executed(send, ok, results);
      } else {
        mismatched(send);
      }
    } else {
      refused(send, sequence.status());
    }
  }

  /** Fails a call whose results are not those of its operations. */
  private void mismatched(Transmission send) {
    SessionCall call = send.call();
    synchronized (lock) {
      if (!send.isLast()) {
        return;
      }
      progress.replied();
      progress.progressed();
      call.outcomeUnknown |= call.compound.changesState();
      inFlight.executed(call);
    }
    sendQueued();
    call.fail(CallException.of(Kind.PROTOCOL, "the server's reply does not fit the call"));
  }

  /**
   * Fails a call whose reply belongs to another request. The ids in SEQUENCE alone identify the
   * request that a slot executed (RFC 8881 section 2.10.6.1), so the session cannot be used
   * further.
   */
  private void misdirected(Transmission send, String why) {
    SessionCall call = send.call();
    synchronized (lock) {
      if (!send.isLast()) {
        return;
      }
      progress.replied();
      inFlight.abandon(call);
    }
    events.sessionLost(send.on(), why);
    call.fail(CallException.of(Kind.PROTOCOL, why));
  }

  private void executed(Transmission send, Sequence4Resok sequence, Results results) {
    SessionCall call = send.call();
    boolean later;
    boolean again;
    boolean outcomeUnknown;
    synchronized (lock) {
      if (!send.isLast()) {
        return;
      }
      progress.replied();
      int transmissions = call.unanswered;
      inFlight.executed(call);
      inFlight.shrinkTo(sequence.targetHighestSlotid());
      // The server did not cache the reply to the first transmission (RFC 8881 section 2.10.6.1.3).
      boolean unknown = results.status() == Nfsstat4.NFS4ERR_RETRY_UNCACHED_REP;
      outcomeUnknown = call.outcomeUnknown || unknown;
      again = unknown && call.mayRepeat(transmissions);
      later = call.mayResubmit(results);
      progress.recordResults(results);
      if (call.hasOperations() && !again && !later) {
        progress.progressed();
      }
      if (again) {
        backlog.addFirst(call);
      }
    }
    if (later) {
      resubmitLater(call, results);
    }
    sendQueued();
    if (!again && !later) {
      call.future.complete(
          outcomeUnknown ? new Results(results.status(), results.results(), true) : results);
    }
    events.statusFlags(sequence.statusFlags());
  }

  private void resubmitLater(SessionCall call, Results results) {
    synchronized (lock) {
      call.delayed(results.results().getLast().resop(), results.status());
      backlog.delay(call);
    }
    env.timers().schedule(call.delay(DELAY_FIRST, DELAY_LONGEST, env), () -> resubmit(call));
  }

  private void resubmit(SessionCall call) {
    synchronized (lock) {
      if (!backlog.resubmit(call)) {
        return;
      }
    }
    sendQueued();
  }

  /**
   * Handles an error of SEQUENCE. The server executed nothing, and the slot did not change (RFC
   * 8881 section 18.46.3).
   */
  private void refused(Transmission send, Nfsstat4 status) {
    SessionCall call = send.call();
    boolean dead = false;
    synchronized (lock) {
      if (!send.isLast()) {
        return;
      }
      progress.replied();
      switch (status) {
        case NFS4ERR_BADSESSION, NFS4ERR_DEADSESSION -> call.unanswered--;
        case NFS4ERR_RETRY_UNCACHED_REP -> {
          dead = !call.mayRepeat(call.unanswered);
          call.outcomeUnknown |= call.compound.changesState();
          inFlight.executed(call);
          if (!dead) {
            backlog.addFirst(call);
          }
        }
        case NFS4ERR_DELAY -> {
          call.delayed(NfsOpnum4.OP_SEQUENCE, status);
          progress.recordDelay(NfsOpnum4.OP_SEQUENCE);
        }
        case NFS4ERR_CONN_NOT_BOUND_TO_SESSION,
            NFS4ERR_SEQ_MISORDERED,
            NFS4ERR_SEQ_FALSE_RETRY,
            NFS4ERR_BADSLOT,
            NFS4ERR_BAD_HIGH_SLOT -> {}
        default -> {
          dead = true;
          call.unanswered--;
          inFlight.refused(call);
        }
      }
    }
    if (dead) {
      call.fail(CallException.status(NfsOpnum4.OP_SEQUENCE, status));
    }
    afterRefusal(send, status);
  }

  private void afterRefusal(Transmission send, Nfsstat4 status) {
    switch (status) {
      case NFS4ERR_BADSESSION,
          NFS4ERR_DEADSESSION,
          NFS4ERR_SEQ_MISORDERED,
          NFS4ERR_SEQ_FALSE_RETRY,
          NFS4ERR_BADSLOT,
          NFS4ERR_BAD_HIGH_SLOT ->
          events.sessionLost(send.on(), status.name());
      case NFS4ERR_CONN_NOT_BOUND_TO_SESSION -> events.notBound(send.on());
      // RFC 8881 section 2.10.6.2: the same request in the same slot, later.
      case NFS4ERR_DELAY ->
          env.timers()
              .schedule(send.call().delay(DELAY_FIRST, DELAY_LONGEST, env), () -> retransmit(send));
      default -> sendQueued();
    }
  }

  private void retransmit(Transmission before) {
    Transmission again = null;
    synchronized (lock) {
      if (before.isLast() && gate != CallGate.SHUT) {
        before.call().unanswered--;
        // It counts as the same transmission for the time-out.
        again = send(before.call());
      }
    }
    if (again != null) {
      transmit(again);
    }
  }

  /**
   * Fails the calls that have timed out, and closes the connection that owes a reply: data that
   * arrives late must not reach a buffer that the caller uses again.
   *
   * @return whether calls remain to be watched
   */
  boolean sweep() {
    long now = env.ticker().nanoTime();
    List<SessionCall> late = new ArrayList<>();
    SessionConnection owing = null;
    boolean more;
    CallException why;
    CallException broken;
    synchronized (lock) {
      boolean forEver = timeouts.isForEver();
      boolean silence = timeouts.isSilence(now - progress.lastReplyNanos());
      CallGate present = gate;
      ProgressTracker tracker = progress;
      Predicate<SessionCall> isLate = call -> timeouts.isLate(call, present, tracker, now);
      boolean any = inFlight.calls().anyMatch(isLate);
      if (any && gate != CallGate.SHUT && (!forEver || silence)) {
        silent = connection;
        owing = connection;
      }
      if (!forEver) {
        late.addAll(inFlight.abandon(isLate));
        late.addAll(backlog.take(call -> timeouts.isLateInBacklog(call, present, tracker, now)));
      }
      more = !inFlight.isIdle() || !backlog.isEmpty();
      why = gate == CallGate.SHUT ? trouble : null;
      broken = why != null && progress.failsRepeatedly() ? progress.failure(0, why.words()) : null;
    }
    if (owing != null) {
      owing.close(CallException.of(Kind.TIMED_OUT, "the server does not answer"));
    }
    late.forEach(call -> call.fail(broken == null ? timeouts.timedOut(call, why) : broken));
    lookForWaiting();
    return more;
  }

  private void lookForWaiting() {
    StallNotice found;
    synchronized (lock) {
      found =
          watch.check(
              Stream.concat(inFlight.calls(), backlog.calls()), gate, timeouts, progress, trouble);
    }
    watch.notifyListener(found);
  }
}
