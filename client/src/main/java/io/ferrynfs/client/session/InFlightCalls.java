package io.ferrynfs.client.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The calls that are in slots of the fore channel, in slot order. Not safe for threads; the call
 * queue guards it.
 */
final class InFlightCalls {

  private final SlotTable slots;
  private final @Nullable SessionCall[] calls;

  InFlightCalls(int size) {
    this.slots = new SlotTable(size);
    this.calls = new SessionCall[size];
  }

  Stream<SessionCall> calls() {
    return Stream.of(calls).filter(Objects::nonNull);
  }

  /** Puts a call into a free slot; false when there is none. */
  boolean put(SessionCall call) {
    int slot = slots.take();
    if (slot < 0) {
      return false;
    }
    call.slot = slot;
    calls[slot] = call;
    return true;
  }

  /** The call's own sequence id, for its transmission. */
  long sequenceId(SessionCall call) {
    if (call.highestSlot == SessionCall.NO_SLOT) {
      call.highestSlot = slots.highestBusy();
    }
    return slots.sequenceId(call.slot);
  }

  /** The server has executed what was in the slot. */
  void executed(SessionCall call) {
    calls[call.slot] = null;
    slots.executed(call.slot);
    call.slot = SessionCall.NO_SLOT;
    call.highestSlot = SessionCall.NO_SLOT;
    call.unanswered = 0;
  }

  /**
   * The server has refused the call in SEQUENCE: the slot is as it was (RFC 8881 section 18.46.3).
   */
  void refused(SessionCall call) {
    calls[call.slot] = null;
    slots.refused(call.slot);
  }

  /** The call has ended, and nobody knows of its slot: a reply that still comes is ignored. */
  void giveUp(SessionCall call) {
    call.transmission.incrementAndGet();
    calls[call.slot] = null;
    slots.retire(call.slot);
  }

  /** Gives up those that a condition holds for. */
  List<SessionCall> giveUp(Predicate<SessionCall> which) {
    List<SessionCall> given = calls().filter(which).toList();
    given.forEach(this::giveUp);
    return given;
  }

  /**
   * Takes all calls out of a session that is gone, to be put into the next; the server may have
   * executed those that it has not answered.
   */
  List<SessionCall> moveOut() {
    List<SessionCall> moved = new ArrayList<>();
    calls()
        .forEach(call -> {
          call.perhapsDone |= call.unanswered > 0 && call.compound.changesState();
          call.unanswered = 0;
          call.transmission.incrementAndGet();
          call.slot = SessionCall.NO_SLOT;
          moved.add(call);
        });
    return moved;
  }

  /** One more connection has ended without an answer to these; whether anybody waits for one. */
  boolean countBreaks() {
    List<SessionCall> waited = calls().filter(SessionCall::isWaitedFor).toList();
    waited.forEach(call -> call.breaks++);
    return !waited.isEmpty();
  }

  void shrinkTo(long targetHighestSlot) {
    slots.shrinkTo(targetHighestSlot);
  }

  boolean isWorn() {
    return slots.worn();
  }

  boolean isIdle() {
    return slots.idle();
  }
}
