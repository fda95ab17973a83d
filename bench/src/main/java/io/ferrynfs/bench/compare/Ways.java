package io.ferrynfs.bench.compare;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ways that the bytes of one contender took, with the reasons. A copy that takes the wrong way
 * fails.
 */
final class Ways {
  private final boolean streamed;
  private final Map<String, Integer> counts = new TreeMap<>();

  /**
   * Creates the ways of one contender.
   *
   * @param streamed whether the bytes must pass through the client, or must not
   */
  Ways(boolean streamed) {
    this.streamed = streamed;
  }

  /**
   * Adds one copy.
   *
   * @throws IOException if the copy took the wrong way
   */
  void add(boolean nowStreamed, String how) throws IOException {
    if (nowStreamed != streamed) {
      throw new IOException(
          (streamed
                  ? "the copy must be streamed, but it was not: "
                  : "the copy must not be streamed: ")
              + how);
    }
    counts.merge(how, 1, Integer::sum);
  }

  void print() {
    counts.forEach((how, count) -> System.out.printf("  %5d times %s%n", count, how));
  }
}
