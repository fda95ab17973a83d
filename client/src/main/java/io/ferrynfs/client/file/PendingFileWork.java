package io.ferrynfs.client.file;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams that write to an open file and the work that uses it, both of which end before the
 * file is closed. Safe for use by several threads.
 */
final class PendingFileWork {

  private final Set<WriteBehind> writers = ConcurrentHashMap.newKeySet();
  private final Map<Object, CompletableFuture<?>> uses = new ConcurrentHashMap<>();

  void addWriter(WriteBehind writer) {
    writers.add(writer);
  }

  void removeWriter(WriteBehind writer) {
    writers.remove(writer);
  }

  boolean hasWriters() {
    return !writers.isEmpty();
  }

  /** Makes the data written so far by the writers durable. */
  CompletableFuture<Void> flushWriters() {
    return CompletableFuture.allOf(
        writers.stream().map(WriteBehind::flush).toArray(CompletableFuture[]::new));
  }

  /** Adds work that uses the file. */
  <T> CompletableFuture<T> add(CompletableFuture<T> work) {
    Object key = new Object();
    uses.put(key, work);
    var _ = work.whenComplete((value, failure) -> uses.remove(key));
    return work;
  }

  /** Completes when the present work has ended, successfully or not. */
  CompletableFuture<Void> ended() {
    return CompletableFuture.allOf(uses.values().toArray(CompletableFuture[]::new))
        .exceptionally(ignored -> null);
  }
}
