package io.ferrynfs.cli.admin;

import io.ferrynfs.server.ServerStatistics;
import io.ferrynfs.server.dispatch.OperationMetrics;
import io.ferrynfs.server.offload.CopyBytes;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Statistics of a server that is none. */
public final class MemoryStatistics {
  private MemoryStatistics() {}

  /** Two operations, and another number of bytes on every way. */
  public static ServerStatistics some() {
    return new ServerStatistics(
        new TreeMap<>(
            Map.of(
                NfsOpnum4.OP_READ,
                new OperationMetrics.Sample(4, 1, Duration.ofNanos(10_000)),
                NfsOpnum4.OP_COPY,
                new OperationMetrics.Sample(3_000_000_000L, 0, Duration.ofHours(1)))),
        new OperationMetrics.Bytes(1, 2, 3),
        new CopyBytes.Sample(4, 5, 6, 1L << 40));
  }
}
