package io.ferrynfs.rpc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The memory of unsent replies of all connections of a server. Each connection has its own limit,
 * but a server may have thousands of connections.
 *
 * <p>Beyond the limit, connections are closed, and their clients may retry. Among the connections
 * that hold at least half of the average, the one whose peer has read nothing for the longest is
 * closed first. A peer that reads its replies holds them for a moment only, so that its connection
 * is not chosen while others do not read.
 */
final class ReplyMemory {
  /** For connections that belong to no server. */
  static final ReplyMemory UNBOUNDED = new ReplyMemory(Long.MAX_VALUE, List::of);

  private final long bytesMax;
  private final Supplier<Collection<Connection>> connections;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * Creates the account of some connections.
   *
   * @param bytesMax the limit in bytes
   * @param connections returns the connections that share the limit
   */
  ReplyMemory(long bytesMax, Supplier<Collection<Connection>> connections) {
    this.bytesMax = bytesMax;
    this.connections = connections;
  }

  void add(int change) {
    bytes.addAndGet(change);
  }

  /** Closes connections until the limit is met. Called without a lock. */
  void relieve() {
    if (bytes.get() > bytesMax) {
      for (Connection ending : choose()) {
        ending.evict(
            new IOException(
                "the peer does not read its replies, and other connections need the memory"));
      }
    }
  }

  /** Chooses connections to close; the memory of those being closed is about to become free. */
  private synchronized List<Connection> choose() {
    List<Connection> holders = new ArrayList<>();
    long total = 0;
    for (Connection connection : connections.get()) {
      long held = connection.replyBytesHeld();
      if (held > 0 && !connection.isCondemned()) {
        holders.add(connection);
        total += held;
      }
    }
    List<Connection> chosen = new ArrayList<>();
    while (total > bytesMax && !holders.isEmpty()) {
      Connection next = longest(holders, total / holders.size() / 2);
      next.condemn();
      holders.remove(next);
      chosen.add(next);
      total -= next.replyBytesHeld();
    }
    return chosen;
  }

  private static Connection longest(List<Connection> holders, long bytesMin) {
    Connection longest = holders.getFirst();
    for (Connection one : holders) {
      boolean isCandidate = one.replyBytesHeld() >= bytesMin;
      boolean isBetter =
          longest.replyBytesHeld() < bytesMin
              || one.takenNothingNanos() > longest.takenNothingNanos();
      if (isCandidate && isBetter) {
        longest = one;
      }
    }
    return longest;
  }
}
