package io.ferrynfs.server;

import java.util.List;

/** The check that all limits share. */
final class Limits {
  private Limits() {}

  static void requireNoneNegative(Object limits, List<Object> values) {
    for (Object value : values) {
      if (value instanceof Number number && number.longValue() < 0) {
        throw new IllegalArgumentException("a limit is negative: " + limits);
      }
    }
  }
}
