package io.ferrynfs.client.session;

import java.util.BitSet;

/**
 * The slots of the fore channel (RFC 8881 section 2.10.6.1): one call at a time on each, numbered
 * by a sequence id that rises by one with each new call. Not safe for threads; the session guards
 * it.
 *
 * <p>The lowest free slot is taken first, so that the server may shrink the table from the top. A
 * slot whose call was given up without a reply is in doubt: nobody knows whether the server has
 * seen its sequence id. It is retired, which costs one slot of the session and nothing else.
 */
final class SlotTable {

  private final long[] sequenceIds;
  private final BitSet busy = new BitSet();
  private final BitSet retired = new BitSet();
  private int target;

  SlotTable(int size) {
    this.sequenceIds = new long[size];
    java.util.Arrays.fill(sequenceIds, 1);
    this.target = size;
  }

  /** The lowest free slot, now busy; -1 when there is none. */
  int take() {
    for (int slot = 0; slot < target; slot++) {
      if (!busy.get(slot) && !retired.get(slot)) {
        busy.set(slot);
        return slot;
      }
    }
    return -1;
  }

  /** The sequence id for the call on this slot. */
  long sequenceId(int slot) {
    return sequenceIds[slot];
  }

  /** The server executed the call: its sequence id is used up. */
  void executed(int slot) {
    // RFC 8881 section 2.10.6.1: sequence ids wrap from 2^32-1 to 0.
    sequenceIds[slot] = (sequenceIds[slot] + 1) & 0xFFFF_FFFFL;
    busy.clear(slot);
  }

  /** The server refused the call in SEQUENCE, which leaves the slot as it was (18.46.3). */
  void refused(int slot) {
    busy.clear(slot);
  }

  /** The call was given up: the slot is not used again in this session. */
  void retire(int slot) {
    busy.clear(slot);
    retired.set(slot);
  }

  /** The highest slot in use, for sa_highest_slotid. */
  int highestBusy() {
    return Math.max(0, busy.length() - 1);
  }

  /** Obeys sr_target_highest_slotid or CB_RECALL_SLOT: at least one slot stays. */
  void shrinkTo(long targetHighestSlot) {
    target = (int) Math.min(Math.max(targetHighestSlot, 0) + 1, sequenceIds.length);
  }

  int target() {
    return target;
  }

  /** Whether so many slots are in doubt that a new session is better. */
  boolean worn() {
    return retired.cardinality() * 2 >= target;
  }

  boolean idle() {
    return busy.isEmpty();
  }
}
