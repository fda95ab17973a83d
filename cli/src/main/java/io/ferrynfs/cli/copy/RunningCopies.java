package io.ferrynfs.cli.copy;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files that a command is copying, to be looked at and stopped together. Once stopped, nothing
 * more is begun. Safe for use by several threads.
 */
public final class RunningCopies {
  private final Set<Underway> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  void add(Underway file) {
    running.add(file);
    if (stopped) {
      file.stop();
    }
  }

  void remove(Underway file) {
    running.remove(file);
  }

  /** Stops all. */
  public void stop() {
    stopped = true;
    running.forEach(Underway::stop);
  }

  public boolean isStopped() {
    return stopped;
  }

  /** The ways that bytes take now. */
  public Set<Way> ways() {
    Set<Way> ways = EnumSet.noneOf(Way.class);
    for (Underway file : running) {
      Way way = file.way();
      if (way != null) {
        ways.add(way);
      }
    }
    return ways;
  }
}
