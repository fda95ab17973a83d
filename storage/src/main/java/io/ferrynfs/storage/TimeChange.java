package io.ferrynfs.storage;

import java.time.Instant;

/** What a time attribute is to become. */
public sealed interface TimeChange {
  /** The volume's own clock at the moment of the call. Whoever may write the file may do this. */
  record Now() implements TimeChange {}

  /** The given time, to the nanosecond where the volume keeps that. Only the owner may do this. */
  record At(Instant time) implements TimeChange {}

  /** The volume's own clock. */
  static TimeChange now() {
    return new Now();
  }

  /** The given time. */
  static TimeChange at(Instant time) {
    return new At(time);
  }
}
