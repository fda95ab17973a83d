package io.ferrynfs.client.session;

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
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a session, exactly once each.
 *
 * <p>A call waits here for a slot, travels with SEQUENCE in front, and stays in its slot until the
 * reply is there. When the connection is lost it keeps the slot and is sent again, the same bytes
 * under the same sequence id, on the next connection: the server then answers from its reply cache
 * or executes it for the first time. Only when the session itself is gone does a call move to a
 * slot of the next session, and then {@link Results#perhapsDone} tells those that may have been
 * executed.
 *
 * <p>The lock guards the fields. It is never held while something is sent, a future is completed or
 * the owner is told of an event.
 */
final class CallQueue {

  private static final Duration DELAY_FIRST = Duration.ofMillis(20);
  private static final Duration DELAY_LONGEST = Duration.ofSeconds(5);

  private final Env env;
  private final CallEvents events;
  private final CallTimeouts patience;
  private final Object lock = new Object();

  private final CallBacklog backlog = new CallBacklog();
  private InFlightCalls inFlight = new InFlightCalls(1);
  private @Nullable SessionInfo session;
  private @Nullable SessionConnection connection;
  private final ProgressTracker headway;
  private final StallWatch watch;
  private CallGate gate = CallGate.SHUT;
  private @Nullable SessionConnection silent;
  private @Nullable CallException closed;
  private CallException trouble = CallException.of(Kind.UNREACHABLE, "");

  CallQueue(Env env, SessionOptions options, CallEvents events) {
    this.env = env;
    this.events = events;
    this.patience = new CallTimeouts(options.progressTimeout());
    this.headway = new ProgressTracker(env.ticker(), options.server(), patience.putOffs());
    this.watch = new StallWatch(env);
  }

  /** Told when calls wait, and when they no longer do. */
  void onWaiting(Consumer<StallNotice> listener) {
    watch.listener(listener);
  }

  /** Executes a COMPOUND; the future has its results, also where the last is an error. */
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
      pump();
    }
    return call.future;
  }

  /**
   * A connection is bound to a session: what is in flight is sent again on it. With another session
   * than before, it moves to new slots first.
   */
  void up(SessionConnection bound, SessionInfo with, boolean recovering) {
    List<Transmission> again = new ArrayList<>();
    List<SessionCall> superseded = new ArrayList<>();
    synchronized (lock) {
      connection = bound;
      headway.up();
      gate = recovering ? CallGate.RECOVERY_ONLY : CallGate.OPEN;
      if (with.equals(session)) {
        inFlight.calls().forEach(call -> again.add(sendAnew(call)));
      } else {
        moveAll(superseded);
        session = with;
        inFlight = new InFlightCalls(with.slots());
      }
    }
    superseded.forEach(
        call -> call.fail(CallException.of(Kind.UNREACHABLE, "the session was lost again")));
    again.forEach(this::transmit);
    pump();
  }

  /** Requeues, in slot order and before all others, what was in flight in a session now gone. */
  private void moveAll(List<SessionCall> superseded) {
    superseded.addAll(backlog.takeRecovery());
    for (SessionCall call : inFlight.moveOut().reversed()) {
      if (call.recovery) {
        superseded.add(call);
      } else {
        backlog.addFirst(call);
      }
    }
  }

  /** StateRecovery is over: ordinary calls go again. */
  void recovered() {
    synchronized (lock) {
      if (gate == CallGate.RECOVERY_ONLY) {
        gate = CallGate.OPEN;
      }
    }
    pump();
  }

  /** Lets only recovery calls go from now on. */
  void recovering() {
    synchronized (lock) {
      if (gate == CallGate.OPEN) {
        gate = CallGate.RECOVERY_ONLY;
      }
    }
  }

  /**
   * Nothing is sent until {@link #up}. The reason is told to calls that run out of time, or that
   * have been in vain too often.
   *
   * @return whether anything came of the connection, so that another may be made at once
   */
  boolean down(ProgressTracker.End how, String why) {
    List<Runnable> ends = new ArrayList<>();
    boolean fruitful;
    synchronized (lock) {
      if (gate != CallGate.SHUT) {
        gate = CallGate.SHUT;
        boolean here = connection != null && connection.equals(silent);
        boolean isWaitedFor = inFlight.countBreaks() || backlog.isWaitedFor();
        headway.down(here ? ProgressTracker.End.SILENT : how, isWaitedFor, patience.steadyNanos());
        boolean all = headway.isHopeless();
        List<SessionCall> inVain =
            new ArrayList<>(
                inFlight.giveUp(call -> all || call.breaks >= ProgressTracker.BREAKS_OF_CALL_MAX));
        inVain.addAll(backlog.take(call -> all));
        for (SessionCall call : inVain) {
          CallException failure = headway.failure(all ? 0 : call.breaks, why);
          ends.add(() -> call.fail(failure));
        }
      }
      trouble = CallException.of(how.kind(), why);
      fruitful = headway.isFruitful();
    }
    ends.forEach(Runnable::run);
    return fruitful;
  }

  /** StateRecovery in the session of now has failed. */
  void recoveryFailed() {
    synchronized (lock) {
      headway.inVain();
    }
  }

  /** Fails everything now and later. */
  void close(CallException why) {
    List<SessionCall> all = new ArrayList<>();
    synchronized (lock) {
      closed = why;
      gate = CallGate.SHUT;
      all.addAll(backlog.take(call -> true));
      all.addAll(inFlight.giveUp(call -> true));
    }
    all.forEach(call -> call.fail(why));
    lookForWaiting();
  }

  /** The nanosecond at which the server last answered. */
  long lastReplyNanos() {
    return locked(() -> headway.lastReplyNanos());
  }

  /** How often the server has answered. */
  long replies() {
    return locked(() -> headway.replies());
  }

  /** Whether no call is in a slot. */
  boolean idle() {
    return locked(() -> inFlight.isIdle());
  }

  /** Whether the session has lost so many slots that another is better. */
  boolean worn() {
    return locked(() -> inFlight.isWorn());
  }

  /** Whether ordinary calls go. */
  boolean isOpen() {
    return locked(() -> gate == CallGate.OPEN);
  }

  private <T> T locked(Supplier<T> look) {
    synchronized (lock) {
      return look.get();
    }
  }

  /** CB_RECALL_SLOT (RFC 8881 section 20.8). */
  void shrinkTo(long targetHighestSlot) {
    synchronized (lock) {
      inFlight.shrinkTo(targetHighestSlot);
    }
  }

  private void pump() {
    List<Transmission> sends = new ArrayList<>(4);
    synchronized (lock) {
      SessionCall call = next();
      while (call != null && inFlight.put(call)) {
        backlog.removeFirst(call);
        sends.add(sendAnew(call));
        call = next();
      }
    }
    sends.forEach(this::transmit);
  }

  private @Nullable SessionCall next() {
    if (gate == CallGate.SHUT) {
      return null;
    }
    return backlog.first(gate == CallGate.RECOVERY_ONLY);
  }

  /** Under the lock: {@link #send} for the first time on this connection. */
  private Transmission sendAnew(SessionCall call) {
    call.lastStatus = Nfsstat4.NFS4_OK;
    call.sentNanos = env.ticker().nanoTime();
    return send(call);
  }

  /** Under the lock: the bytes of a call in its slot, the same each time. */
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

  /** No reply: the connection is gone (the call stays in its slot), or RPC refused the call. */
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
      headway.replied();
      headway.answered();
      inFlight.giveUp(call);
      worn = inFlight.isWorn();
      if (SessionConnection.isRefused(failure)) {
        call.unanswered--;
      }
    }
    call.fail(CallFailures.refused(failure));
    if (worn) {
      events.sessionLost(send.on(), "too many of its slots are in doubt");
    }
    pump();
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
        misfit(send);
      }
    } else {
      refused(send, sequence.status());
    }
  }

  /** SEQUENCE succeeded, and what follows is no answer to what was asked. */
  private void misfit(Transmission send) {
    SessionCall call = send.call();
    synchronized (lock) {
      if (!send.isLast()) {
        return;
      }
      headway.replied();
      headway.answered();
      call.perhapsDone |= call.compound.changesState();
      inFlight.executed(call);
    }
    pump();
    call.fail(CallException.of(Kind.PROTOCOL, "the server's reply does not fit the call"));
  }

  /**
   * The reply belongs to another request. Only these ids tell which request a slot has executed
   * (RFC 8881 section 2.10.6.1), so the session cannot be used further.
   */
  private void misdirected(Transmission send, String why) {
    SessionCall call = send.call();
    synchronized (lock) {
      if (!send.isLast()) {
        return;
      }
      headway.replied();
      inFlight.giveUp(call);
    }
    events.sessionLost(send.on(), why);
    call.fail(CallException.of(Kind.PROTOCOL, why));
  }

  private void executed(Transmission send, Sequence4Resok sequence, Results results) {
    SessionCall call = send.call();
    boolean later;
    boolean again;
    boolean perhapsDone;
    synchronized (lock) {
      if (!send.isLast()) {
        return;
      }
      headway.replied();
      int transmissions = call.unanswered;
      inFlight.executed(call);
      inFlight.shrinkTo(sequence.targetHighestSlotid());
      // The reply to the first transmission was not kept (RFC 8881 section 2.10.6.1.3).
      boolean unknown = results.status() == Nfsstat4.NFS4ERR_RETRY_UNCACHED_REP;
      perhapsDone = call.perhapsDone || unknown;
      again = unknown && call.mayRepeat(transmissions);
      later = call.mayTryAgain(results);
      headway.countPutOffs(results);
      if (call.isWaitedFor() && !again && !later) {
        headway.answered();
      }
      if (again) {
        backlog.addFirst(call);
      }
    }
    if (later) {
      tryLater(call, results);
    }
    pump();
    if (!again && !later) {
      call.future.complete(
          perhapsDone ? new Results(results.status(), results.results(), true) : results);
    }
    events.statusFlags(sequence.statusFlags());
  }

  private void tryLater(SessionCall call, Results results) {
    synchronized (lock) {
      call.putOff(results.results().getLast().resop(), results.status());
      backlog.delay(call);
    }
    env.timers().schedule(call.delay(DELAY_FIRST, DELAY_LONGEST, env), () -> comeAgain(call));
  }

  private void comeAgain(SessionCall call) {
    synchronized (lock) {
      if (!backlog.comeAgain(call)) {
        return;
      }
    }
    pump();
  }

  /** SEQUENCE itself failed: nothing was executed and the slot is as it was (18.46.3). */
  private void refused(Transmission send, Nfsstat4 status) {
    SessionCall call = send.call();
    boolean dead = false;
    synchronized (lock) {
      if (!send.isLast()) {
        return;
      }
      headway.replied();
      switch (status) {
        case NFS4ERR_BADSESSION, NFS4ERR_DEADSESSION -> call.unanswered--;
        case NFS4ERR_RETRY_UNCACHED_REP -> {
          dead = !call.mayRepeat(call.unanswered);
          call.perhapsDone |= call.compound.changesState();
          inFlight.executed(call);
          if (!dead) {
            backlog.addFirst(call);
          }
        }
        case NFS4ERR_DELAY -> {
          call.putOff(NfsOpnum4.OP_SEQUENCE, status);
          headway.putOff(NfsOpnum4.OP_SEQUENCE);
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
              .schedule(send.call().delay(DELAY_FIRST, DELAY_LONGEST, env), () -> sendAgain(send));
      default -> pump();
    }
  }

  private void sendAgain(Transmission before) {
    Transmission again = null;
    synchronized (lock) {
      if (before.isLast() && gate != CallGate.SHUT) {
        before.call().unanswered--;
        // For the time-out it is the same transmission.
        again = send(before.call());
      }
    }
    if (again != null) {
      transmit(again);
    }
  }

  /**
   * Fails the calls whose time is up and closes the connection that owes an answer: late data must
   * not get into a buffer that the caller has back.
   *
   * @return whether there are calls to watch still
   */
  boolean sweep() {
    long now = env.ticker().nanoTime();
    List<SessionCall> late = new ArrayList<>();
    SessionConnection owing = null;
    boolean more;
    CallException why;
    CallException broken;
    synchronized (lock) {
      boolean forEver = patience.isForEver();
      boolean silence = patience.isSilence(now - headway.lastReplyNanos());
      Predicate<SessionCall> isLate = call -> patience.isLate(call, gate, headway, now);
      boolean any = inFlight.calls().anyMatch(isLate);
      if (any && gate != CallGate.SHUT && (!forEver || silence)) {
        silent = connection;
        owing = connection;
      }
      if (!forEver) {
        late.addAll(inFlight.giveUp(isLate));
        late.addAll(backlog.take(call -> patience.isLateInBacklog(call, gate, headway, now)));
      }
      more = !inFlight.isIdle() || !backlog.isEmpty();
      why = gate == CallGate.SHUT ? trouble : null;
      broken = why != null && headway.isBroken() ? headway.failure(0, why.words()) : null;
    }
    if (owing != null) {
      owing.close(CallException.of(Kind.TIMED_OUT, "the server does not answer"));
    }
    late.forEach(call -> call.fail(broken == null ? patience.timedOut(call, why) : broken));
    lookForWaiting();
    return more;
  }

  private void lookForWaiting() {
    StallNotice found;
    synchronized (lock) {
      found =
          watch.look(
              Stream.concat(inFlight.calls(), backlog.calls()), gate, patience, headway, trouble);
    }
    watch.tell(found);
  }
}
