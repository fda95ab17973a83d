package io.ferrynfs.rpc.testkit;

import java.time.Duration;

/** The treatment of a message by a simulated network. */
public sealed interface Fate {

  /** The message arrives after the normal latency, in order. */
  Fate DELIVER = new Deliver();

  /** The message is lost; the connection stays open. */
  Fate DROP = new Drop();

  /** The message arrives twice. */
  Fate DUPLICATE = new Duplicate();

  /** The connection breaks before the message arrives. */
  Fate BREAK_BEFORE = new BreakBefore();

  /** The message arrives, and then the connection breaks. */
  Fate BREAK_AFTER = new BreakAfter();

  /** See {@link #DELIVER}. */
  record Deliver() implements Fate {}

  /** See {@link #DROP}. */
  record Drop() implements Fate {}

  /** See {@link #DUPLICATE}. */
  record Duplicate() implements Fate {}

  /** See {@link #BREAK_BEFORE}. */
  record BreakBefore() implements Fate {}

  /** See {@link #BREAK_AFTER}. */
  record BreakAfter() implements Fate {}

  /**
   * The message is delayed.
   *
   * @param by the delay in addition to the normal latency
   * @param isOvertaken whether later messages of the connection overtake it; otherwise they arrive
   *     after it
   */
  record Delay(Duration by, boolean isOvertaken) implements Fate {}
}
