package io.ferrynfs.client.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The calls in slots of the fore channel, in slot order. Not safe for use by several threads. */
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

  /** Puts a call into a free slot. Returns false if there is none. */
  boolean put(SessionCall call) {
    int slot = slots.take();
    if (slot < 0) {
      return false;
    }
    call.slot = slot;
    calls[slot] = call;
    return true;
  }

  /** Returns the sequence id for a transmission of a call. */
  long sequenceId(SessionCall call) {
    if (call.highestSlot == SessionCall.NO_SLOT) {
      call.highestSlot = slots.highestBusy();
    }
    return slots.sequenceId(call.slot);
  }

  /** Frees the slot of a call that the server executed. */
  void executed(SessionCall call) {
    calls[call.slot] = null;
    slots.executed(call.slot);
    call.slot = SessionCall.NO_SLOT;
    call.highestSlot = SessionCall.NO_SLOT;
    call.unanswered = 0;
  }

  /**
   * Frees the slot of a call that failed in SEQUENCE, which does not change the slot (RFC 8881
   * section 18.46.3).
   */
  void refused(SessionCall call) {
    calls[call.slot] = null;
    slots.refused(call.slot);
  }

  /** Retires the slot of a call that ends without a reply. A later reply is ignored. */
  void abandon(SessionCall call) {
    call.transmission.incrementAndGet();
    calls[call.slot] = null;
    slots.retire(call.slot);
  }

  /** Abandons and returns the calls that match. */
  List<SessionCall> abandon(Predicate<SessionCall> which) {
    List<SessionCall> given = calls().filter(which).toList();
    given.forEach(this::abandon);
    return given;
  }

  /**
   * Removes and returns all calls of a lost session. The server may have executed those that it did
   * not reply to.
   */
  List<SessionCall> takeAll() {
    List<SessionCall> moved = new ArrayList<>();
    calls()
        .forEach(call -> {
          call.outcomeUnknown |= call.unanswered > 0 && call.compound.changesState();
          call.unanswered = 0;
          call.transmission.incrementAndGet();
          call.slot = SessionCall.NO_SLOT;
          moved.add(call);
        });
    return moved;
  }

  /** Counts a lost connection for each call. Returns whether a call with operations is pending. */
  boolean countDisconnect() {
    List<SessionCall> waited = calls().filter(SessionCall::hasOperations).toList();
    waited.forEach(call -> call.disconnects++);
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
