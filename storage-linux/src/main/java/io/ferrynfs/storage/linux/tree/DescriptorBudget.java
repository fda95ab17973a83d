package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The number of descriptors that open files may occupy, for all volumes and clients together.
 * Without it a client that opens an unbounded number of files would leave none for connections, and
 * none for the calls that could release them: accept(2) and every lookup need a descriptor as well.
 */
public final class DescriptorBudget {
  /** The reserve for connections, three each, and for descriptors within calls. */
  private static final int RESERVE_MAX = 8192;

  /** The usual limit of a process (RLIMIT_NOFILE). */
  private static final int USUAL_LIMIT = 1024;

  /** The budget of this process: its limit of open files minus a reserve. */
  public static final DescriptorBudget OF_PROCESS = new DescriptorBudget(withoutReserve(limit()));

  private final int max;
  private final AtomicInteger taken = new AtomicInteger();

  public DescriptorBudget(int max) {
    this.max = max;
  }

  /** Returns a limit minus the reserve: at least half of it. */
  public static int withoutReserve(int limit) {
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

  /** Takes a descriptor if one is left. The caller returns it. */
  public boolean tryTake() {
    int now = taken.get();
    while (now < max) {
      if (taken.compareAndSet(now, now + 1)) {
        return true;
      }
      now = taken.get();
    }
    return false;
  }

  public int left() {
    return max - taken.get();
  }

  public void giveBack() {
    taken.decrementAndGet();
  }

  /**
   * Fails with TRY_LATER if no descriptor is left, so that a call can fail before it makes changes.
   */
  public void check() throws StorageException {
    if (taken.get() >= max) {
      throw exhausted();
    }
  }

  public static StorageException exhausted() {
    return new StorageException(Status.TRY_LATER, "too many open files");
  }
}
