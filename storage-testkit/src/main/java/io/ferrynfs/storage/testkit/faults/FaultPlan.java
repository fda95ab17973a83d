package io.ferrynfs.storage.testkit.faults;

import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The failures of a {@link FaultyVolume} and their conditions. Any thread may change the plan while
 * the volume is in use. Each rule counts calls from 1, starting when the rule is added.
 */
public final class FaultPlan {
  private static final long EVERY = 0;

  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final Map<Operation, Long> calls = new ConcurrentHashMap<>();
  private final Map<Operation, Long> bytesMax = new ConcurrentHashMap<>();

  /** Code that runs in the thread of a call before the call is forwarded to the volume. */
  @FunctionalInterface
  public interface Hook {
    /**
     * Runs before the call. It may block, for example on a latch of the test.
     *
     * @throws StorageException to fail the call without forwarding it
     */
    void run() throws StorageException;
  }

  private record Rule(Operation operation, long call, Hook hook) {}

  /**
   * Fails the nth call from now.
   *
   * @param nth from 1
   * @return this plan
   */
  public FaultPlan fail(Operation operation, int nth, Status status) {
    return on(operation, nth, failing(status));
  }

  /**
   * Fails every call from now on.
   *
   * @return this plan
   */
  public FaultPlan failAll(Operation operation, Status status) {
    return onAll(operation, failing(status));
  }

  /**
   * Runs a hook before the nth call from now.
   *
   * @param nth from 1
   * @return this plan
   */
  public FaultPlan on(Operation operation, int nth, Hook hook) {
    if (nth < 1) {
      throw new IllegalArgumentException("nth must be at least 1: " + nth);
    }
    rules.add(new Rule(operation, calls(operation) + nth, hook));
    return this;
  }

  /**
   * Runs a hook before every call from now on.
   *
   * @return this plan
   */
  public FaultPlan onAll(Operation operation, Hook hook) {
    rules.add(new Rule(operation, EVERY, hook));
    return this;
  }

  /**
   * Limits the number of bytes that each call from now on moves.
   *
   * @param operation COPY_RANGE, WRITE or TRANSFER; other calls are never short
   * @param bytes the maximum
   * @return this plan
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

  /**
   * Removes all rules. Calls that are blocked in a hook remain blocked.
   *
   * @return this plan
   */
  public FaultPlan heal() {
    rules.clear();
    bytesMax.clear();
    return this;
  }

  /** Returns the number of calls, including failed ones. */
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

  /** Returns the number of bytes to request from the volume. */
  long shortened(Operation operation, long bytes) {
    return Math.min(bytes, bytesMax.getOrDefault(operation, bytes));
  }

  private static Hook failing(Status status) {
    return () -> {
      throw new StorageException(status, "planned failure");
    };
  }
}
