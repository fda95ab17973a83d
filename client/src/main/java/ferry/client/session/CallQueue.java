package ferry.client.session;

import ferry.client.session.CallException.Kind;
import ferry.rpc.env.Env;
import ferry.wire.nfs4.Compound4Args;
import ferry.wire.nfs4.Compound4Res;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.NfsOpnum4;
import ferry.wire.nfs4.NfsResop4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.Sequence4Args;
import ferry.wire.nfs4.Sequence4Res;
import ferry.wire.nfs4.Sequence4Resok;
import ferry.wire.xdr.Opaque;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
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

  /** What the queue finds out and others must act on. Called without the lock. */
  interface Events {
    /** The session is unknown to the server, or out of step with it: make another. */
    void sessionLost(Connection connection, String why);

    /** The server wants this connection bound to the session first. */
    void notBound(Connection connection);

    /** sr_status_flags of a reply. */
    void statusFlags(long flags);
  }

  private enum Gate {
    SHUT,
    RECOVERY_ONLY,
    OPEN
  }

  private static final Duration DELAY_FIRST = Duration.ofMillis(20);
  private static final Duration DELAY_LONGEST = Duration.ofSeconds(5);

  private final Env env;
  private final Events events;
  private final Patience patience;
  private final ReentrantLock lock = new ReentrantLock();

  private final Backlog backlog = new Backlog();
  private @Nullable PendingCall[] inFlight = new PendingCall[0];
  private SlotTable slots = new SlotTable(1);
  private @Nullable SessionInfo session;
  private @Nullable Connection connection;
  private Gate gate = Gate.SHUT;
  private long shutSinceNanos;
  private long lastReplyNanos;
  private @Nullable CallException closed;
  private String trouble = "";
  private boolean renewing;

  CallQueue(Env env, Duration progressTimeout, Events events) {
    this.env = env;
    this.events = events;
    this.patience = new Patience(progressTimeout);
    this.shutSinceNanos = env.ticker().nanoTime();
    this.lastReplyNanos = shutSinceNanos;
  }

  private record Send(PendingCall call, int transmission, Connection on, Compound4Args args) {
    /** Whether the call waits for the answer to this one, not to a later one, or to none. */
    boolean isLast() {
      return call.transmission.get() == transmission;
    }
  }

  /** Executes a COMPOUND; the future has its results, also where the last is an error. */
  CompletableFuture<Results> submit(Compound compound, boolean recovery) {
    PendingCall call = new PendingCall(compound, recovery, env.ticker().nanoTime());
    CallException refusal;
    lock.lock();
    try {
      refusal = closed;
      if (refusal == null) {
        backlog.add(call);
      }
    } finally {
      lock.unlock();
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
  void up(Connection bound, SessionInfo with, boolean recovering) {
    List<Send> again = new ArrayList<>();
    List<PendingCall> superseded = new ArrayList<>();
    lock.lock();
    try {
      connection = bound;
      gate = recovering ? Gate.RECOVERY_ONLY : Gate.OPEN;
      if (with.equals(session)) {
        for (PendingCall call : inFlight) {
          if (call != null) {
            again.add(send(call));
          }
        }
      } else {
        moveAll(superseded);
        session = with;
        slots = new SlotTable(with.slots());
        inFlight = new PendingCall[with.slots()];
      }
    } finally {
      lock.unlock();
    }
    superseded.forEach(
        call -> call.fail(CallException.of(Kind.UNREACHABLE, "the session was lost again")));
    again.forEach(this::transmit);
    pump();
  }

  /** Requeues, in slot order and before all others, what was in flight in a session now gone. */
  private void moveAll(List<PendingCall> superseded) {
    superseded.addAll(backlog.takeRecovery());
    for (int slot = inFlight.length - 1; slot >= 0; slot--) {
      PendingCall call = inFlight[slot];
      if (call == null) {
        continue;
      }
      call.perhapsDone |= call.unanswered > 0 && call.compound.changesState();
      call.unanswered = 0;
      call.transmission.incrementAndGet();
      call.slot = PendingCall.NO_SLOT;
      if (call.recovery) {
        superseded.add(call);
      } else {
        backlog.addFirst(call);
      }
    }
  }

  /** Recovery is over: ordinary calls go again. */
  void recovered() {
    lock.lock();
    try {
      if (gate == Gate.RECOVERY_ONLY) {
        gate = Gate.OPEN;
      }
    } finally {
      lock.unlock();
    }
    pump();
  }

  /** Lets only recovery calls go from now on. */
  void recovering() {
    lock.lock();
    try {
      if (gate == Gate.OPEN) {
        gate = Gate.RECOVERY_ONLY;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nothing is sent until {@link #up}. The reason is told to calls that run out of time. */
  void down(String why) {
    lock.lock();
    try {
      if (gate != Gate.SHUT) {
        gate = Gate.SHUT;
        shutSinceNanos = env.ticker().nanoTime();
      }
      trouble = why;
    } finally {
      lock.unlock();
    }
  }

  /** Fails everything now and later. */
  void close(CallException why) {
    List<PendingCall> all = new ArrayList<>();
    lock.lock();
    try {
      closed = why;
      gate = Gate.SHUT;
      all.addAll(backlog.take(call -> true));
      for (PendingCall call : inFlight) {
        if (call != null) {
          call.transmission.incrementAndGet();
          all.add(call);
        }
      }
      inFlight = new PendingCall[0];
    } finally {
      lock.unlock();
    }
    all.forEach(call -> call.fail(why));
  }

  /** The nanosecond at which the server last answered. */
  long lastReplyNanos() {
    lock.lock();
    try {
      return lastReplyNanos;
    } finally {
      lock.unlock();
    }
  }

  /** Whether no call is in a slot. */
  boolean idle() {
    lock.lock();
    try {
      return slots.idle();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the session has lost so many slots that another is better. */
  boolean worn() {
    lock.lock();
    try {
      return slots.worn();
    } finally {
      lock.unlock();
    }
  }

  /** Sends a SEQUENCE alone, unless one is under way. */
  void renewLease() {
    lock.lock();
    try {
      if (renewing || gate != Gate.OPEN) {
        return;
      }
      renewing = true;
    } finally {
      lock.unlock();
    }
    var _ =
        submit(Compound.of().build(), false)
            .whenComplete((results, failure) -> {
              lock.lock();
              try {
                renewing = false;
              } finally {
                lock.unlock();
              }
            });
  }

  /** CB_RECALL_SLOT (RFC 5661 section 20.8). */
  void shrinkTo(long targetHighestSlot) {
    lock.lock();
    try {
      slots.shrinkTo(targetHighestSlot);
    } finally {
      lock.unlock();
    }
  }

  private void pump() {
    List<Send> sends = new ArrayList<>(4);
    lock.lock();
    try {
      PendingCall call = next();
      while (call != null) {
        int slot = slots.take();
        if (slot < 0) {
          break;
        }
        backlog.removeFirst(call);
        call.slot = slot;
        inFlight[slot] = call;
        sends.add(send(call));
        call = next();
      }
    } finally {
      lock.unlock();
    }
    sends.forEach(this::transmit);
  }

  private @Nullable PendingCall next() {
    if (gate == Gate.SHUT) {
      return null;
    }
    return backlog.first(gate == Gate.RECOVERY_ONLY);
  }

  /** Under the lock: the bytes of a call in its slot, the same each time. */
  private Send send(PendingCall call) {
    SessionInfo in = Objects.requireNonNull(session);
    call.transmission.incrementAndGet();
    call.unanswered++;
    call.lastStatus = Nfsstat4.NFS4_OK;
    call.sentNanos = env.ticker().nanoTime();
    if (call.highestSlot == PendingCall.NO_SLOT) {
      call.highestSlot = slots.highestBusy();
    }
    List<NfsArgop4> operations = new ArrayList<>(call.compound.operations().size() + 1);
    operations.add(
        new NfsArgop4.Sequence(
            new Sequence4Args(
                in.id(),
                slots.sequenceId(call.slot),
                call.slot,
                call.highestSlot,
                call.compound.changesState())));
    operations.addAll(call.compound.operations());
    return new Send(
        call,
        call.transmission.get(),
        Objects.requireNonNull(connection),
        new Compound4Args(Opaque.EMPTY, in.minorVersion(), operations));
  }

  private void transmit(Send send) {
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
  private void failed(Send send, Throwable failure) {
    if (Connection.isLost(failure)) {
      return;
    }
    PendingCall call = send.call();
    lock.lock();
    try {
      if (!send.isLast()) {
        return;
      }
      inFlight[call.slot] = null;
      slots.retire(call.slot);
      if (Connection.isRefused(failure)) {
        call.unanswered--;
      }
    } finally {
      lock.unlock();
    }
    call.fail(
        CallException.of(
            Kind.PROTOCOL, "the server refused the call: " + failure.getMessage(), failure));
    pump();
  }

  private void answered(Send send, Compound4Res reply) {
    List<NfsResop4> all = reply.resarray();
    if (all.isEmpty() || !(all.getFirst() instanceof NfsResop4.Sequence(Sequence4Res sequence))) {
      refused(send, reply.status());
    } else if (sequence instanceof Sequence4Res.Ok(Sequence4Resok ok)) {
      executed(send, ok, new Results(reply.status(), all.subList(1, all.size()), false));
    } else {
      refused(send, sequence.status());
    }
  }

  private void executed(Send send, Sequence4Resok sequence, Results results) {
    PendingCall call = send.call();
    boolean later;
    boolean again;
    boolean perhapsDone;
    lock.lock();
    try {
      if (!send.isLast()) {
        return;
      }
      lastReplyNanos = env.ticker().nanoTime();
      release(call);
      slots.shrinkTo(sequence.targetHighestSlotid());
      // The reply to the first transmission was not kept (RFC 5661 section 2.10.6.1.3).
      boolean unknown = results.status() == Nfsstat4.NFS4ERR_RETRY_UNCACHED_REP;
      perhapsDone = call.perhapsDone || unknown;
      again = unknown && !call.compound.changesState();
      later = mayTryAgain(call, results);
      if (again) {
        backlog.addFirst(call);
      }
    } finally {
      lock.unlock();
    }
    if (later) {
      tryLater(call, results.status());
    }
    pump();
    if (!again && !later) {
      call.future.complete(
          perhapsDone ? new Results(results.status(), results.results(), true) : results);
    }
    events.statusFlags(sequence.statusFlags());
  }

  /** Under the lock: the server has executed what was in the slot. */
  private void release(PendingCall call) {
    inFlight[call.slot] = null;
    slots.executed(call.slot);
    call.slot = PendingCall.NO_SLOT;
    call.highestSlot = PendingCall.NO_SLOT;
    call.unanswered = 0;
  }

  /**
   * The server asks to come again, and nothing has happened yet. When it says so after an operation
   * that took effect, the caller has to look at what it got.
   */
  private static boolean mayTryAgain(PendingCall call, Results results) {
    return (results.status() == Nfsstat4.NFS4ERR_DELAY
            || results.status() == Nfsstat4.NFS4ERR_GRACE)
        && results.failedIndex() <= call.compound.firstEffect();
  }

  private void tryLater(PendingCall call, Nfsstat4 status) {
    lock.lock();
    try {
      call.lastStatus = status;
      backlog.delay(call);
    } finally {
      lock.unlock();
    }
    env.timers().schedule(call.delay(DELAY_FIRST, DELAY_LONGEST, env), () -> comeAgain(call));
  }

  private void comeAgain(PendingCall call) {
    lock.lock();
    try {
      if (!backlog.comeAgain(call)) {
        return;
      }
    } finally {
      lock.unlock();
    }
    pump();
  }

  /** SEQUENCE itself failed: nothing was executed and the slot is as it was (18.46.3). */
  private void refused(Send send, Nfsstat4 status) {
    PendingCall call = send.call();
    boolean dead = false;
    lock.lock();
    try {
      if (!send.isLast()) {
        return;
      }
      lastReplyNanos = env.ticker().nanoTime();
      switch (status) {
        case NFS4ERR_BADSESSION, NFS4ERR_DEADSESSION -> call.unanswered--;
        case NFS4ERR_RETRY_UNCACHED_REP -> {
          dead = call.compound.changesState();
          call.perhapsDone = dead;
          release(call);
          if (!dead) {
            backlog.addFirst(call);
          }
        }
        case NFS4ERR_DELAY,
            NFS4ERR_CONN_NOT_BOUND_TO_SESSION,
            NFS4ERR_SEQ_MISORDERED,
            NFS4ERR_SEQ_FALSE_RETRY,
            NFS4ERR_BADSLOT,
            NFS4ERR_BAD_HIGH_SLOT -> {}
        default -> {
          dead = true;
          call.unanswered--;
          inFlight[call.slot] = null;
          slots.refused(call.slot);
        }
      }
    } finally {
      lock.unlock();
    }
    if (dead) {
      call.fail(CallException.status(NfsOpnum4.OP_SEQUENCE, status));
    }
    afterRefusal(send, status);
  }

  private void afterRefusal(Send send, Nfsstat4 status) {
    switch (status) {
      case NFS4ERR_BADSESSION,
          NFS4ERR_DEADSESSION,
          NFS4ERR_SEQ_MISORDERED,
          NFS4ERR_SEQ_FALSE_RETRY,
          NFS4ERR_BADSLOT,
          NFS4ERR_BAD_HIGH_SLOT ->
          events.sessionLost(send.on(), status.name());
      case NFS4ERR_CONN_NOT_BOUND_TO_SESSION -> events.notBound(send.on());
      // RFC 5661 section 2.10.6.2: the same request in the same slot, later.
      case NFS4ERR_DELAY ->
          env.timers()
              .schedule(send.call().delay(DELAY_FIRST, DELAY_LONGEST, env), () -> sendAgain(send));
      default -> pump();
    }
  }

  private void sendAgain(Send before) {
    Send again = null;
    lock.lock();
    try {
      if (before.isLast() && gate != Gate.SHUT) {
        before.call().unanswered--;
        again = send(before.call());
      }
    } finally {
      lock.unlock();
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
    List<PendingCall> late = new ArrayList<>();
    Connection silent = null;
    boolean more;
    String why;
    lock.lock();
    try {
      for (int slot = 0; slot < inFlight.length; slot++) {
        PendingCall call = inFlight[slot];
        if (call != null && isLate(call, call.sentNanos, now)) {
          call.transmission.incrementAndGet();
          inFlight[slot] = null;
          slots.retire(slot);
          late.add(call);
          silent = gate == Gate.SHUT ? silent : connection;
        }
      }
      late.addAll(backlog.take(call -> isLateInBacklog(call, now)));
      more = !slots.idle() || !backlog.isEmpty();
      why = gate == Gate.SHUT ? trouble : "";
    } finally {
      lock.unlock();
    }
    if (silent != null) {
      silent.close();
    }
    late.forEach(call -> call.fail(patience.timedOut(call, why)));
    return more;
  }

  /** Waiting for a slot while others get answers is no lack of progress. */
  private boolean isLateInBacklog(PendingCall call, long now) {
    boolean queued = gate == Gate.OPEN && call.lastStatus == Nfsstat4.NFS4_OK;
    long since = queued ? Math.max(call.submittedNanos, lastReplyNanos) : call.submittedNanos;
    return switch (gate) {
      case SHUT -> isLate(call, since, now);
      case RECOVERY_ONLY -> patience.isOverRecovering(call, now - since);
      case OPEN -> patience.isOverWaiting(call, now - since);
    };
  }

  private boolean isLate(PendingCall call, long sinceNanos, long now) {
    return gate == Gate.SHUT
        ? patience.isOver(now - Math.max(call.submittedNanos, shutSinceNanos))
        : patience.isOver(call, now - sinceNanos);
  }
}
