package io.ferrynfs.server.source;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Which sources the copies of each client use, or wait for. Their number is bounded for a client,
 * so that one that names dead sources has no more than its share of the links. Guarded by its
 * owner.
 */
final class SourceClientShares {
  private final int sourcesMax;

  /** How many copies of a client use a source. */
  private final Map<Long, Map<InetSocketAddress, Integer>> uses = new HashMap<>();

  SourceClientShares(int sourcesMax) {
    this.sourcesMax = sourcesMax;
  }

  /** Whether one more copy of the client may use the source. */
  boolean hasRoom(long clientid, InetSocketAddress source) {
    Map<InetSocketAddress, Integer> sources = uses.getOrDefault(clientid, Map.of());
    return sources.containsKey(source) || sources.size() < sourcesMax;
  }

  void take(long clientid, InetSocketAddress source) {
    uses.computeIfAbsent(clientid, _ -> new HashMap<>()).merge(source, 1, Integer::sum);
  }

  void giveBack(long clientid, InetSocketAddress source) {
    uses.computeIfPresent(
        clientid,
        (_, sources) -> {
          sources.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
          return sources.isEmpty() ? null : sources;
        });
  }
}
