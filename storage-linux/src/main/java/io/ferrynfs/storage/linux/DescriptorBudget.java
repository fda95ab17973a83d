package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many descriptors open files may take, all volumes and all clients together. Without it one
 * client that opens files without end would leave none for connections, and none for the calls that
 * could help: accept(2) and every lookup need one, too.
 */
final class DescriptorBudget {
  /** For connections, three each, and for what calls open and close again. */
  private static final int RESERVE_MAX = 8192;

  /** The last of them, one in so many, are for open files alone. */
  private static final int PARTS_KEPT = 4;

  /** What a process has when nothing says otherwise. */
  private static final int USUAL_LIMIT = 1024;

  /** That of this process: its limit of open files less a reserve. */
  static final DescriptorBudget OF_PROCESS = new DescriptorBudget(withoutReserve(limit()));

  private final int max;
  private final AtomicInteger taken = new AtomicInteger();

  DescriptorBudget(int max) {
    this.max = max;
  }

  /** What is left of a limit for open files: at least half. */
  static int withoutReserve(int limit) {
    return limit - Math.min(limit / 2, RESERVE_MAX);
  }

  private static int limit() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"), StandardCharsets.UTF_8)) {
        if (line.startsWith("Max open files")) {
          String soft = line.substring("Max open files".length()).strip().split(" +", 2)[0];
          return soft.equals("unlimited")
              ? Integer.MAX_VALUE
              : (int) Math.min(Long.parseLong(soft), Integer.MAX_VALUE);
        }
      }
    } catch (IOException | NumberFormatException e) {
      return USUAL_LIMIT;
    }
    return USUAL_LIMIT;
  }

  /** Takes one, if there is one; to be given back. */
  boolean tryTake() {
    int now = taken.get();
    while (now < max) {
      if (taken.compareAndSet(now, now + 1)) {
        return true;
      }
      now = taken.get();
    }
    return false;
  }

  /**
   * Takes one for what only makes something faster, if there are so many that nobody will miss it.
   */
  boolean tryTakeSpare() {
    return left() > max / PARTS_KEPT && tryTake();
  }

  int left() {
    return max - taken.get();
  }

  void giveBack() {
    taken.decrementAndGet();
  }

  /** Fails with TRY_LATER when there is none: what would only be undone is not begun. */
  void check() throws StorageException {
    if (taken.get() >= max) {
      throw exhausted();
    }
  }

  static StorageException exhausted() {
    return new StorageException(Status.TRY_LATER, "too many open files");
  }
}
