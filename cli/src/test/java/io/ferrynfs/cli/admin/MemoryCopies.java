package io.ferrynfs.cli.admin;

import io.ferrynfs.server.CopyDirectory;
import io.ferrynfs.server.CopyStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Copies of a fake server. */
public final class MemoryCopies implements CopyDirectory {
  private final Map<Long, CopyStatus> copies = new ConcurrentHashMap<>();

  /** Returns a copy with all properties. */
  public static CopyStatus copy(long id, long copiedBytes, long totalBytes) {
    return new CopyStatus(
        id,
        "10.0.0.7:877 Linux NFSv4.2 " + id,
        "/from/" + id,
        "/to/" + id,
        copiedBytes,
        totalBytes,
        Duration.ofSeconds(4),
        copiedBytes == 0
            ? CopyStatus.State.QUEUED
            : copiedBytes < totalBytes ? CopyStatus.State.RUNNING : CopyStatus.State.FINISHING);
  }

  public void add(CopyStatus copy) {
    copies.put(copy.id(), copy);
  }

  /** Returns the copies in the order of their ids. */
  @Override
  public List<CopyStatus> copies() {
    return copies.values().stream().sorted(Comparator.comparingLong(CopyStatus::id)).toList();
  }

  @Override
  public CompletableFuture<Boolean> cancel(long id) {
    return CompletableFuture.completedFuture(copies.remove(id) != null);
  }
}
