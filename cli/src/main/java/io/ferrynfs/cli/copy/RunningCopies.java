package io.ferrynfs.cli.copy;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files that a command is copying, which can be stopped together. After a stop, no copy starts.
 * Safe for use by several threads.
 */
public final class RunningCopies {
  private final Set<RunningCopy> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  void add(RunningCopy copy) {
    running.add(copy);
    if (stopped) {
      copy.stop();
    }
  }

  void remove(RunningCopy copy) {
    running.remove(copy);
  }

  /** Stops all copies. */
  public void stop() {
    stopped = true;
    running.forEach(RunningCopy::stop);
  }

  public boolean isStopped() {
    return stopped;
  }

  /** Returns the methods in use. */
  public Set<TransferMethod> methods() {
    Set<TransferMethod> methods = EnumSet.noneOf(TransferMethod.class);
    for (RunningCopy copy : running) {
      TransferMethod method = copy.method();
      if (method != null) {
        methods.add(method);
      }
    }
    return methods;
  }
}
