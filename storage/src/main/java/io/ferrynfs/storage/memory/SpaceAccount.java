package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.concurrent.atomic.AtomicLong;

/** A bounded supply of bytes or of objects. */
final class SpaceAccount {
  private final long total;
  private final AtomicLong used = new AtomicLong();

  SpaceAccount(long total) {
    this.total = total;
  }

  /**
   * Takes an amount.
   *
   * @throws StorageException NO_SPACE if less is left; nothing is taken then
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
