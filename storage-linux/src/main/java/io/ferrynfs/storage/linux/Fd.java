package io.ferrynfs.storage.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A descriptor with several users, closed when the last has gone and never before: the number of a
 * closed descriptor soon belongs to another file, and a late write would go there. Who makes one is
 * its first user.
 */
final class Fd {
  private final int number;
  private final Runnable onClosed;
  private final AtomicInteger users = new AtomicInteger(1);

  Fd(int number) {
    this(number, () -> {});
  }

  /** With what else to do when the descriptor has been closed. */
  Fd(int number, Runnable onClosed) {
    if (number < 0) {
      throw new IllegalArgumentException("not a descriptor: " + number);
    }
    this.number = number;
    this.onClosed = onClosed;
  }

  /** The number, for a user. */
  int number() {
    return number;
  }

  /** Adds a user; false when the descriptor is closed already. To be undone by {@link #release}. */
  boolean acquire() {
    int seen;
    do {
      seen = users.get();
      if (seen == 0) {
        return false;
      }
    } while (!users.compareAndSet(seen, seen + 1));
    return true;
  }

  /** Ends a use that {@link #acquire} or the constructor began; true if it was the last. */
  boolean release() {
    if (users.decrementAndGet() > 0) {
      return false;
    }
    OpenCalls.close(number);
    onClosed.run();
    return true;
  }
}
