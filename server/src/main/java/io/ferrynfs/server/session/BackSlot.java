package io.ferrynfs.server.session;

/** A slot of a backchannel, where we are the requester. Guarded by the {@link CallbackQueue}. */
final class BackSlot {
  private static final long SEQUENCEID_MASK = 0xffff_ffffL;

  private final int index;
  private long sequenceid;
  private State state = State.FREE;

  private enum State {
    FREE,
    BUSY,
    RETIRED
  }

  BackSlot(int index) {
    this.index = index;
  }

  int index() {
    return index;
  }

  long sequenceid() {
    return sequenceid;
  }

  boolean isFree() {
    return state == State.FREE;
  }

  boolean isBusy() {
    return state == State.BUSY;
  }

  /** A new callback takes the slot. */
  void take() {
    sequenceid = (sequenceid + 1) & SEQUENCEID_MASK;
    state = State.BUSY;
  }

  /** The callback was answered. */
  void free() {
    state = State.FREE;
  }

  /** The client does not agree on the sequenceid: the slot is never used again. */
  void retire() {
    state = State.RETIRED;
  }
}
