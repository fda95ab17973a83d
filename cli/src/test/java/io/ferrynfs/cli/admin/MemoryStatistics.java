package io.ferrynfs.cli.admin;

import io.ferrynfs.server.ServerStatistics;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Statistics of a fake server. */
public final class MemoryStatistics {
  private MemoryStatistics() {}

  /** Returns two operations, and a different number of bytes for each path. */
  public static ServerStatistics some() {
    return new ServerStatistics(
        new TreeMap<>(
            Map.of(
                NfsOpnum4.OP_READ,
                new ServerStatistics.OperationCount(
                    4, 1, Duration.ofNanos(700), Duration.ofNanos(10_000)),
                NfsOpnum4.OP_COPY,
                new ServerStatistics.OperationCount(
                    3_000_000_000L, 0, Duration.ZERO, Duration.ofHours(1)))),
        new ServerStatistics.RequestCounts(7, 8, 9, 10),
        new ServerStatistics.CallbackCounts(11, 12, Duration.ofNanos(13)),
        new ServerStatistics.CopyCounts(14, 15, 16, 17),
        new ServerStatistics.PayloadBytes(1, 2, 3),
        new ServerStatistics.CopiedBytes(4, 5, 6, 1L << 40));
  }
}
