package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A reference count that delays the release of a resource until the calls in flight complete. */
final class UseCount {
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicInteger uses = new AtomicInteger(1);
  private final Runnable release;

  /**
   * Creates a count.
   *
   * @param release runs once, after the close and the last use, on the thread that ends last
   */
  UseCount(Runnable release) {
    this.release = release;
  }

  /**
   * Begins a use, which {@link #exit} ends.
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
