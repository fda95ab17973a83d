package io.ferrynfs.storage.testkit.faults;

import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What goes wrong in a {@link FaultyVolume}, and when. The plan may be changed while the volume is
 * in use, by any thread; calls are counted from 1, from the moment at which a rule was made.
 */
public final class FaultPlan {
  private static final long EVERY = 0;

  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final Map<Operation, Long> calls = new ConcurrentHashMap<>();
  private final Map<Operation, Long> bytesMax = new ConcurrentHashMap<>();

  /** What is done in the thread of a call before it goes on to the volume. */
  @FunctionalInterface
  public interface Hook {
    /**
     * May wait, as for a latch of the test.
     *
     * @throws StorageException which the call fails with, and then it never reaches the volume
     */
    void run() throws StorageException;
  }

  private record Rule(Operation operation, long call, Hook hook) {}

  /** The nth call from now fails; those before and after it do not. */
  public FaultPlan fail(Operation operation, int nth, Status status) {
    return on(operation, nth, failing(status));
  }

  /** Every call from now on fails. */
  public FaultPlan failAll(Operation operation, Status status) {
    return onAll(operation, failing(status));
  }

  /** The nth call from now does something first. */
  public FaultPlan on(Operation operation, int nth, Hook hook) {
    if (nth < 1) {
      throw new IllegalArgumentException("call " + nth);
    }
    rules.add(new Rule(operation, calls(operation) + nth, hook));
    return this;
  }

  /** Every call from now on does something first. */
  public FaultPlan onAll(Operation operation, Hook hook) {
    rules.add(new Rule(operation, EVERY, hook));
    return this;
  }

  /**
   * From now on a call moves at most so many bytes, though it could more.
   *
   * @param operation COPY_RANGE, WRITE or TRANSFER; other calls are never short
   */
  public FaultPlan shorten(Operation operation, long bytes) {
    if (operation != Operation.COPY_RANGE
        && operation != Operation.WRITE
        && operation != Operation.TRANSFER) {
      throw new IllegalArgumentException(operation + " is never short");
    }
    bytesMax.put(operation, bytes);
    return this;
  }

  /** Forgets all rules; calls that wait in a hook go on waiting. */
  public FaultPlan heal() {
    rules.clear();
    bytesMax.clear();
    return this;
  }

  /** How many calls there were, failed ones included. */
  public long calls(Operation operation) {
    return calls.getOrDefault(operation, 0L);
  }

  void enter(Operation operation) throws StorageException {
    long call = calls.merge(operation, 1L, Long::sum);
    for (Rule rule : rules) {
      if (rule.operation == operation && (rule.call == EVERY || rule.call == call)) {
        rule.hook.run();
      }
    }
  }

  /** The number of bytes to ask for instead of a number. */
  long shortened(Operation operation, long bytes) {
    return Math.min(bytes, bytesMax.getOrDefault(operation, bytes));
  }

  private static Hook failing(Status status) {
    return () -> {
      throw new StorageException(status, "as planned");
    };
  }
}
