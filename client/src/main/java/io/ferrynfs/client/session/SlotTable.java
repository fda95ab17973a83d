package io.ferrynfs.client.session;

import java.util.BitSet;

/**
 * The slots of the fore channel (RFC 8881 section 2.10.6.1). Each carries one call at a time, with
 * a sequence id that increases by one for each new call. Not safe for use by several threads.
 *
 * <p>The lowest free slot is used first, so that the server can shrink the table from the top. A
 * slot whose call ended without a reply is retired, because the server may have seen its sequence
 * id.
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

  /** Takes the lowest free slot; returns -1 if there is none. */
  int take() {
    for (int slot = 0; slot < target; slot++) {
      if (!busy.get(slot) && !retired.get(slot)) {
        busy.set(slot);
        return slot;
      }
    }
    return -1;
  }

  /** Returns the sequence id of the call in a slot. */
  long sequenceId(int slot) {
    return sequenceIds[slot];
  }

  /** Frees a slot whose call the server executed, and advances its sequence id. */
  void executed(int slot) {
    // RFC 8881 section 2.10.6.1: sequence ids wrap from 2^32-1 to 0.
    sequenceIds[slot] = (sequenceIds[slot] + 1) & 0xFFFF_FFFFL;
    busy.clear(slot);
  }

  /** Frees a slot whose SEQUENCE failed, which does not change it (RFC 8881 section 18.46.3). */
  void refused(int slot) {
    busy.clear(slot);
  }

  /** Retires a slot: it is not used again in this session. */
  void retire(int slot) {
    busy.clear(slot);
    retired.set(slot);
  }

  /** Returns the highest slot in use, for sa_highest_slotid. */
  int highestBusy() {
    return Math.max(0, busy.length() - 1);
  }

  /** Applies sr_target_highest_slotid or CB_RECALL_SLOT. At least one slot remains. */
  void shrinkTo(long targetHighestSlot) {
    target = (int) Math.min(Math.max(targetHighestSlot, 0) + 1, sequenceIds.length);
  }

  int target() {
    return target;
  }

  /** Returns whether so many slots are retired that a new session is better. */
  boolean worn() {
    return retired.cardinality() * 2 >= target;
  }

  boolean idle() {
    return busy.isEmpty();
  }
}
