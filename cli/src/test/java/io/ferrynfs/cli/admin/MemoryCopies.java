package io.ferrynfs.cli.admin;

import io.ferrynfs.server.CopyDirectory;
import io.ferrynfs.server.CopyStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Copies that are said to be made. */
public final class MemoryCopies implements CopyDirectory {
  private final Map<Long, CopyStatus> copies = new ConcurrentHashMap<>();

  /** A copy with everything. */
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

  /** In the order of their numbers. */
  @Override
  public List<CopyStatus> copies() {
    return copies.values().stream().sorted(Comparator.comparingLong(CopyStatus::id)).toList();
  }

  @Override
  public CompletableFuture<Boolean> cancel(long id) {
    return CompletableFuture.completedFuture(copies.remove(id) != null);
  }
}
