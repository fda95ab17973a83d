package io.ferrynfs.rpc.testkit;

import java.time.Duration;

/** What becomes of a message. */
public sealed interface Fate {

  /** It arrives after the ordinary latency, in order. */
  Fate DELIVER = new Deliver();

  /** It vanishes; the connection goes on. */
  Fate DROP = new Drop();

  /** It arrives twice. */
  Fate DUPLICATE = new Duplicate();

  /** The connection breaks before it arrives. */
  Fate BREAK_BEFORE = new BreakBefore();

  /** It arrives, and then the connection breaks. */
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
   * It arrives later.
   *
   * @param by beyond the ordinary latency
   * @param isOvertaken whether later messages of the connection pass it, as if it had been sent
   *     later; otherwise they wait behind it
   */
  record Delay(Duration by, boolean isOvertaken) implements Fate {}
}
