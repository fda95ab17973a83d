package ferry.server.dispatch;

import ferry.rpc.env.Ticker;
import ferry.server.operation.CompoundContext;
import ferry.server.operation.OperationTable;
import ferry.wire.nfs4.NfsOpnum4;
import ferry.wire.nfs4.Nfsstat4;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts operations, their failures and their time. */
public final class OperationMetrics {
  private final Ticker ticker;
  private final Map<NfsOpnum4, Counters> counters = new EnumMap<>(NfsOpnum4.class);

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

  /** The same operations, counted here; for {@code NfsServer.Builder.decorate}. */
  public OperationTable measure(OperationTable operations) {
    return operations.decorated(Measured::new);
  }

  /** The counts of an operation by now. */
  public Sample sample(NfsOpnum4 operation) {
    Counters counted = countersOf(operation);
    return new Sample(
        counted.calls.sum(), counted.failures.sum(), Duration.ofNanos(counted.nanos.sum()));
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
    void executed(NfsOpnum4 operation, Nfsstat4 status, long nanos, CompoundContext c) {
      Counters counted = countersOf(operation);
      counted.calls.increment();
      counted.nanos.add(nanos);
      if (status != Nfsstat4.NFS4_OK) {
        counted.failures.increment();
      }
    }
  }
}
