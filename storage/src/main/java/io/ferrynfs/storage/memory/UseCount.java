package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets the calls under way finish before what they use is given up. */
final class UseCount {
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicInteger uses = new AtomicInteger(1);
  private final Runnable release;

  /**
   * @param release is run once: after the close and the last use, by whoever comes last
   */
  UseCount(Runnable release) {
    this.release = release;
  }

  /**
   * Begins a use, to be ended by {@link #exit}.
   *
   * @throws StorageException CLOSED
   */
  void enter() throws StorageException {
    int now = uses.get();
    while (!closed.get() && now > 0) {
      if (uses.compareAndSet(now, now + 1)) {
        return;
      }
      now = uses.get();
    }
    throw new StorageException(Status.CLOSED);
  }

  void exit() {
    if (uses.decrementAndGet() == 0) {
      release.run();
    }
  }

  void close() {
    if (closed.compareAndSet(false, true)) {
      exit();
    }
  }
}
