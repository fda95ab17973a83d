package io.ferrynfs.server.offload;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The copies that have not ended, by id, and the event that the last one of a server ends. */
final class ActiveCopies {
  private final CopySchedule schedule;
  private final ConcurrentMap<Long, CopyJob> byId = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> idle = new CompletableFuture<>();
  private volatile boolean stopping;

  ActiveCopies(CopySchedule schedule) {
    this.schedule = schedule;
  }

  void add(CopyJob job) {
    byId.put(job.id(), job);
  }

  void remove(CopyJob job) {
    byId.remove(job.id());
    checkIdle();
  }

  @Nullable CopyJob get(long id) {
    return byId.get(id);
  }

  Collection<CopyJob> all() {
    return byId.values();
  }

  int count() {
    return byId.size();
  }

  /** Returns whether there is no copy and no outcome that a client does not know. */
  boolean isIdle() {
    return byId.isEmpty() && schedule.lanes() == 0;
  }

  /** Returns whether the server stops. */
  boolean isStopping() {
    return stopping;
  }

  /** Returns a future that completes when {@link #isIdle} is true while the server stops. */
  CompletableFuture<Void> stop() {
    stopping = true;
    checkIdle();
    return idle;
  }

  /** Completes the future of {@link #stop} if it is due. */
  void checkIdle() {
    if (stopping && isIdle()) {
      idle.complete(null);
    }
  }
}
