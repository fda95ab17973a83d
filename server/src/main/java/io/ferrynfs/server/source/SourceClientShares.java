package io.ferrynfs.server.source;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * The sources that the copies of each client use or wait for. Their number is limited for each
 * client, so that a client that names dead sources occupies only its share of the links. The owner
 * guards this class.
 */
final class SourceClientShares {
  private final int sourcesMax;

  /** The number of copies of each client that use each source. */
  private final Map<Long, Map<InetSocketAddress, Integer>> uses = new HashMap<>();

  SourceClientShares(int sourcesMax) {
    this.sourcesMax = sourcesMax;
  }

  /** Returns whether one more copy of the client may use the source. */
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
