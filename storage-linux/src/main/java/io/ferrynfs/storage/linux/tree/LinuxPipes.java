package io.ferrynfs.storage.linux.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.storage.Pipe;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.call.PipeCalls;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of a volume. A few empty pipes are kept for reuse because creating a pipe takes longer
 * than filling it.
 */
public final class LinuxPipes {
  /**
   * The sizes to try. A pipe holds a fixed number of pages, and received bytes occupy more pages
   * than they would fill: a READ of 1 MiB up to 300. Only root may exceed
   * /proc/sys/fs/pipe-max-size.
   */
  private static final int[] SIZES = {2 << 20, 1 << 20};

  /** The minimum useful size. The kernel returns smaller pipes to a user that has too many. */
  private static final int SIZE_BYTES_MIN = 256 << 10;

  private static final int KEPT_MAX = 8;

  private final DescriptorBudget budget;

  @GuardedBy("this")
  private final Deque<Kept> kept = new ArrayDeque<>();

  @GuardedBy("this")
  private boolean closed;

  /** The descriptors of an empty pipe. */
  public record Kept(int out, int in) {}

  public LinuxPipes(DescriptorBudget budget) {
    this.budget = budget;
  }

  /** Returns an empty pipe if the budget permits another one. */
  public Optional<Pipe> take() {
    Kept ends;
    synchronized (this) {
      ends = kept.pollLast();
    }
    if (ends == null) {
      ends = make();
    }
    return ends == null ? Optional.empty() : Optional.of(new LinuxPipe(this, ends));
  }

  private @Nullable Kept make() {
    if (!budget.tryTake()) {
      return null;
    }
    if (!budget.tryTake()) {
      budget.giveBack();
      return null;
    }
    PipeCalls.Ends made = PipeCalls.pipe();
    if (made.errno() != 0) {
      budget.giveBack();
      budget.giveBack();
      return null;
    }
    Kept ends = new Kept(made.out(), made.in());
    for (int size : SIZES) {
      if (PipeCalls.resize(ends.in(), size) >= 0) {
        return ends;
      }
    }
    if (PipeCalls.size(ends.in()) >= SIZE_BYTES_MIN) {
      return ends;
    }
    end(ends);
    return null;
  }

  /** Takes a pipe back for reuse, or closes it. */
  public void giveBack(Kept ends, boolean isEmpty) {
    synchronized (this) {
      if (isEmpty && !closed && kept.size() < KEPT_MAX) {
        kept.addLast(ends);
        return;
      }
    }
    end(ends);
  }

  private void end(Kept ends) {
    OpenCalls.close(ends.in());
    OpenCalls.close(ends.out());
    budget.giveBack();
    budget.giveBack();
  }

  /** Closes the kept pipes and keeps none from now on. */
  public void close() {
    Deque<Kept> all;
    synchronized (this) {
      closed = true;
      all = new ArrayDeque<>(kept);
      kept.clear();
    }
    all.forEach(this::end);
  }
}
