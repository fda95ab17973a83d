package io.ferrynfs.rpc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What the replies of all connections of a server take of memory until they have left. Each
 * connection has a bound of its own, but there may be thousands of them.
 *
 * <p>Beyond the bound connections end, whose clients may ask again: the one that has taken nothing
 * for the longest first, of those that hold about as much as the others or more. Who takes his
 * replies holds them for a moment only, so it is never his turn while there are any that do not.
 */
final class ReplyMemory {
  /** Of connections that no server counts. */
  static final ReplyMemory UNBOUNDED = new ReplyMemory(Long.MAX_VALUE, List::of);

  private final long bytesMax;
  private final Supplier<Collection<Connection>> connections;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * Empty.
   *
   * @param connections those that share it
   */
  ReplyMemory(long bytesMax, Supplier<Collection<Connection>> connections) {
    this.bytesMax = bytesMax;
    this.connections = connections;
  }

  void add(int change) {
    bytes.addAndGet(change);
  }

  /** Called under no lock: ends connections as long as there is too much. */
  void relieve() {
    if (bytes.get() > bytesMax) {
      for (Connection ending : choose()) {
        ending.evict(new IOException("its replies are not taken, and others need the memory"));
      }
    }
  }

  /** What those hold that end already is about to go. */
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
