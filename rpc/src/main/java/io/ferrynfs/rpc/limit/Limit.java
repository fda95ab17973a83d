package io.ferrynfs.rpc.limit;

import java.time.Duration;

/** The checks of the values of limits. Each returns the value. */
public final class Limit {
  private Limit() {}

  /**
   * Checks a limit that may be 0.
   *
   * @param name the name of the limit for the message
   * @throws IllegalArgumentException if the value is negative
   */
  public static int notNegative(String name, int value) {
    return (int) notNegative(name, (long) value);
  }

  /** Does what {@link #notNegative(String, int)} does. */
  public static long notNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is negative: " + value);
    }
    return value;
  }

  /** Does what {@link #notNegative(String, int)} does. */
  public static Duration notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + " is negative: " + value);
    }
    return value;
  }

  /**
   * Checks a limit that may not be 0, such as a number of threads.
   *
   * @param name the name of the limit for the message
   * @throws IllegalArgumentException if the value is not positive
   */
  public static int positive(String name, int value) {
    return (int) positive(name, (long) value);
  }

  /** Does what {@link #positive(String, int)} does. */
  public static long positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " is not positive: " + value);
    }
    return value;
  }

  /** Does what {@link #positive(String, int)} does. */
  public static Duration positive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " is not positive: " + value);
    }
    return value;
  }

  /**
   * Checks a limit with a range.
   *
   * @param name the name of the limit for the message
   * @throws IllegalArgumentException if the value is less than {@code least} or greater than {@code
   *     most}
   */
  public static int between(int least, String name, int value, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is not between " + least + " and " + most + ": " + value);
    }
    return value;
  }
}
