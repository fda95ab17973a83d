package io.ferrynfs.server.dispatch;

import io.ferrynfs.rpc.env.FilePayload;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.operation.CompoundContext;
import io.ferrynfs.server.operation.OperationTable;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import io.ferrynfs.wire.nfs4.Write4Res;
import io.ferrynfs.wire.xdr.Payload;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts operations, their failures and their time, and the bytes of files that they carry. */
public final class OperationMetrics {
  private final Ticker ticker;
  private final Map<NfsOpnum4, Counters> counters = new EnumMap<>(NfsOpnum4.class);
  private final LongAdder sentFromFiles = new LongAdder();
  private final LongAdder readIntoMemory = new LongAdder();
  private final LongAdder written = new LongAdder();

  /** Nothing counted yet. */
  public OperationMetrics(Ticker ticker) {
    this.ticker = ticker;
    for (NfsOpnum4 number : NfsOpnum4.values()) {
      counters.put(number, new Counters());
    }
  }

  /**
   * What was counted of one operation.
   *
   * @param calls how often it was executed
   * @param failures how often it answered another status than NFS4_OK
   * @param time all executions together
   */
  public record Sample(long calls, long failures, Duration time) {}

  /**
   * The bytes of files in calls and replies.
   *
   * @param sentFromFiles that READ and READ_PLUS have the kernel send from the file
   * @param readIntoMemory that they have read into memory first
   * @param written that WRITE has written
   */
  public record Bytes(long sentFromFiles, long readIntoMemory, long written) {}

  /** The same operations, counted here; for {@code NfsServer.Builder.decorate}. */
  public OperationTable measure(OperationTable operations) {
    return operations.decorated(Measured::new);
  }

  /** The counts of the operations that were executed at least once, by now. */
  public SortedMap<NfsOpnum4, Sample> samples() {
    SortedMap<NfsOpnum4, Sample> samples = new TreeMap<>();
    for (NfsOpnum4 number : NfsOpnum4.values()) {
      Sample sample = sample(number);
      if (sample.calls() > 0) {
        samples.put(number, sample);
      }
    }
    return samples;
  }

  /** The counts of an operation by now. */
  public Sample sample(NfsOpnum4 operation) {
    Counters counted = countersOf(operation);
    return new Sample(
        counted.calls.sum(), counted.failures.sum(), Duration.ofNanos(counted.nanos.sum()));
  }

  /** The counts of bytes by now. */
  public Bytes bytes() {
    return new Bytes(sentFromFiles.sum(), readIntoMemory.sum(), written.sum());
  }

  private Counters countersOf(NfsOpnum4 operation) {
    Counters found = counters.get(operation);
    if (found == null) {
      throw new IllegalStateException("every operation has counters");
    }
    return found;
  }

  private static final class Counters {
    final LongAdder calls = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder nanos = new LongAdder();
  }

  private final class Measured extends Decorator {
    Measured(NfsOpnum4 number, OperationTable.Entry inner) {
      super(number, inner);
    }

    @Override
    long nanoTime(CompoundContext c) {
      return ticker.nanoTime();
    }

    @Override
    void executed(Execution execution, CompoundContext c) {
      Counters counted = countersOf(execution.operation());
      counted.calls.increment();
      counted.nanos.add(execution.nanos());
      if (execution.status() != Nfsstat4.NFS4_OK) {
        counted.failures.increment();
      }
      switch (execution.result()) {
        case NfsResop4.Read(Read4Res.Ok(var ok)) -> read(ok.data());
        case NfsResop4.ReadPlus(ReadPlus4Res.Ok(var ok)) -> ok.contents().forEach(this::read);
        case NfsResop4.Write(Write4Res.Ok(var ok)) -> written.add(ok.count());
        case null, default -> {
          // It carries no bytes of a file.
        }
      }
    }

    private void read(ReadPlusContent segment) {
      if (segment instanceof ReadPlusContent.Data(var data)) {
        read(data.data());
      }
    }

    private void read(Payload data) {
      (data instanceof FilePayload ? sentFromFiles : readIntoMemory).add(data.length());
    }
  }
}
