package io.ferrynfs.bench.compare;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which way the bytes took, and why; a copy that took another way than it is measured for fails.
 */
final class Ways {
  private final boolean streamed;
  private final Map<String, Integer> counts = new TreeMap<>();

  /**
   * Notes the ways of one contender.
   *
   * @param streamed whether the bytes are to pass through the client, or are not to
   */
  Ways(boolean streamed) {
    this.streamed = streamed;
  }

  /**
   * Notes one copy.
   *
   * @throws IOException if it was not made as it is to be
   */
  void add(boolean nowStreamed, String how) throws IOException {
    if (nowStreamed != streamed) {
      throw new IOException(
          (streamed ? "not streamed, as it is to be: " : "streamed, and is not to be: ") + how);
    }
    counts.merge(how, 1, Integer::sum);
  }

  void print() {
    counts.forEach((how, count) -> System.out.printf("  %5d times %s%n", count, how));
  }
}
