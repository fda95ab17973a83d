package io.ferrynfs.storage;

import java.time.Instant;

/** A new value for a time attribute. */
public sealed interface TimeChange {
  /**
   * The clock of the volume at the moment of the call. A caller with write permission may set this.
   */
  record Now() implements TimeChange {}

  /**
   * A given time, in nanoseconds or in the resolution of the volume. Only the owner may set this.
   */
  record At(Instant time) implements TimeChange {}

  /** Returns the change to the clock of the volume. */
  static TimeChange now() {
    return new Now();
  }

  /** Returns the change to a given time. */
  static TimeChange at(Instant time) {
    return new At(time);
  }
}
