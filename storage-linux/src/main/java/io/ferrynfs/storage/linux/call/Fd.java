package io.ferrynfs.storage.linux.call;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A reference-counted descriptor. Only the last user closes it, because the number of a closed
 * descriptor is soon reused and a late write would reach another file. The creator is the first
 * user.
 */
public final class Fd {
  private final int number;
  private final Runnable onClosed;
  private final AtomicInteger users = new AtomicInteger(1);

  public Fd(int number) {
    this(number, () -> {});
  }

  /**
   * Creates a descriptor.
   *
   * @param onClosed runs when the descriptor has been closed
   */
  public Fd(int number, Runnable onClosed) {
    if (number < 0) {
      throw new IllegalArgumentException("not a descriptor: " + number);
    }
    this.number = number;
    this.onClosed = onClosed;
  }

  /** Returns the number. Only a user may call this. */
  public int number() {
    return number;
  }

  /**
   * Adds a user, which {@link #release} removes; returns false if the descriptor is closed already.
   */
  public boolean acquire() {
    int seen;
    do {
      seen = users.get();
      if (seen == 0) {
        return false;
      }
    } while (!users.compareAndSet(seen, seen + 1));
    return true;
  }

  /**
   * Removes a user that {@link #acquire} or the constructor added; returns whether it was the last.
   */
  public boolean release() {
    if (users.decrementAndGet() > 0) {
      return false;
    }
    OpenCalls.close(number);
    onClosed.run();
    return true;
  }
}
