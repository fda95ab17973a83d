package io.ferrynfs.server.session;

/**
 * A slot of a backchannel, where the server is the requester. The {@link CallbackQueue} guards it.
 */
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

  /** Occupies the slot with a new callback. */
  void take() {
    sequenceid = (sequenceid + 1) & SEQUENCEID_MASK;
    state = State.BUSY;
  }

  /** Frees the slot after the reply. */
  void free() {
    state = State.FREE;
  }

  /** Retires the slot, because the client disagrees about the sequenceid. */
  void retire() {
    state = State.RETIRED;
  }
}
