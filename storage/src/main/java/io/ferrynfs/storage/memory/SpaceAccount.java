package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.concurrent.atomic.AtomicLong;

/** A number of units, of bytes or of objects, of which no more are given out than there are. */
final class SpaceAccount {
  private final long total;
  private final AtomicLong used = new AtomicLong();

  SpaceAccount(long total) {
    this.total = total;
  }

  /**
   * @throws StorageException NO_SPACE if not so many are left; then none is taken
   */
  void take(long amount) throws StorageException {
    long now = used.get();
    while (amount <= total - now) {
      if (used.compareAndSet(now, now + amount)) {
        return;
      }
      now = used.get();
    }
    throw new StorageException(Status.NO_SPACE);
  }

  void give(long amount) {
    used.addAndGet(-amount);
  }

  long total() {
    return total;
  }

  long free() {
    return total - used.get();
  }
}
