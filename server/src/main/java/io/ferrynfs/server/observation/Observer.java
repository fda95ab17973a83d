package io.ferrynfs.server.observation;

import io.ferrynfs.rpc.env.FilePayload;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.ServerListener;
import io.ferrynfs.server.ServerListener.OperationEvent;
import io.ferrynfs.server.ServerStatistics;
import io.ferrynfs.server.ServerStatistics.OperationCount;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import io.ferrynfs.wire.nfs4.Write4Res;
import io.ferrynfs.wire.xdr.Payload;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts the events of a server and passes them on to its listener. */
public final class Observer {
  private static final Logger LOG = System.getLogger(Observer.class.getName());

  private final Ticker ticker;
  private final ServerListener listener;
  private final boolean hasListener;
  private final Map<NfsOpnum4, Counters> operations = new EnumMap<>(NfsOpnum4.class);
  private final LongAdder sentFromFiles = new LongAdder();
  private final LongAdder readIntoMemory = new LongAdder();
  private final LongAdder written = new LongAdder();
  private final LongAdder compounds = new LongAdder();
  private final LongAdder replays = new LongAdder();
  private final LongAdder rejects = new LongAdder();
  private final LongAdder delays = new LongAdder();

  /**
   * Creates an observer whose counters are zero.
   *
   * @param listener receives each event after it was counted
   */
  public Observer(Ticker ticker, ServerListener listener) {
    this.ticker = ticker;
    this.listener = listener;
    hasListener = !listener.equals(ServerListener.NONE);
    for (NfsOpnum4 number : NfsOpnum4.values()) {
      operations.put(number, new Counters());
    }
  }

  /** The request that an operation belongs to. */
  public interface Request {
    /** Returns the address of the client. */
    SocketAddress peer();

    /** Returns the user id of the credential. */
    long uid();

    /** Returns the minor version of the COMPOUND. */
    int minorVersion();
  }

  /** Returns the time now, for {@link #executed}. */
  public long nanoTime() {
    return ticker.nanoTime();
  }

  /** Counts a COMPOUND whose header was read. */
  public void received() {
    compounds.increment();
  }

  /**
   * Counts an operation that was executed.
   *
   * @param result its result; null if it failed without one
   * @param startedNanos when its execution began
   * @param queuedNanos how long it waited for a thread before
   */
  public void executed(
      Request request,
      NfsOpnum4 operation,
      Nfsstat4 status,
      @Nullable NfsResop4 result,
      long startedNanos,
      long queuedNanos) {
    long nanos = ticker.nanoTime() - startedNanos;
    Counters counted = countersOf(operation);
    counted.calls.increment();
    counted.nanos.add(nanos);
    counted.queuedNanos.add(queuedNanos);
    if (status != Nfsstat4.NFS4_OK) {
      counted.failures.increment();
    }
    countPayload(result);
    if (hasListener) {
      notify(to ->
          to.operationExecuted(
              new OperationEvent(
                  request.peer(),
                  request.uid(),
                  request.minorVersion(),
                  operation,
                  status,
                  Duration.ofNanos(queuedNanos),
                  Duration.ofNanos(nanos))));
    }
  }

  /** Counts a COMPOUND that was answered from the reply cache. */
  public void replayed(SocketAddress peer) {
    replays.increment();
    notify(to -> to.requestReplayed(peer));
  }

  /** Counts a call that was rejected without any result. */
  public void rejected(SocketAddress peer, String reason) {
    rejects.increment();
    notify(to -> to.requestRejected(peer, reason));
  }

  /** Counts an operation that failed with NFS4ERR_DELAY because too many waited for a thread. */
  public void delayed() {
    delays.increment();
  }

  private void notify(Consumer<ServerListener> event) {
    if (!hasListener) {
      return;
    }
    try {
      event.accept(listener);
    } catch (RuntimeException fault) {
      LOG.log(Level.WARNING, "the listener of the server failed", fault);
    }
  }

  /** Returns the counters of the operations that were executed at least once. */
  public SortedMap<NfsOpnum4, OperationCount> operations() {
    SortedMap<NfsOpnum4, OperationCount> counts = new TreeMap<>();
    for (NfsOpnum4 number : NfsOpnum4.values()) {
      OperationCount count = operation(number);
      if (count.calls() > 0) {
        counts.put(number, count);
      }
    }
    return counts;
  }

  /** Returns the counters of one operation. */
  public OperationCount operation(NfsOpnum4 number) {
    Counters counted = countersOf(number);
    return new OperationCount(
        counted.calls.sum(),
        counted.failures.sum(),
        Duration.ofNanos(counted.queuedNanos.sum()),
        Duration.ofNanos(counted.nanos.sum()));
  }

  /** Returns the counters of requests. */
  public ServerStatistics.RequestCounts requests() {
    return new ServerStatistics.RequestCounts(
        compounds.sum(), replays.sum(), rejects.sum(), delays.sum());
  }

  /** Returns the counters of file bytes in calls and replies. */
  public ServerStatistics.PayloadBytes payload() {
    return new ServerStatistics.PayloadBytes(
        sentFromFiles.sum(), readIntoMemory.sum(), written.sum());
  }

  private Counters countersOf(NfsOpnum4 operation) {
    Counters found = operations.get(operation);
    if (found == null) {
      throw new IllegalStateException("no counters for " + operation);
    }
    return found;
  }

  private void countPayload(@Nullable NfsResop4 result) {
    switch (result) {
      case NfsResop4.Read(Read4Res.Ok(var ok)) -> countRead(ok.data());
      case NfsResop4.ReadPlus(ReadPlus4Res.Ok(var ok)) -> ok.contents().forEach(this::countRead);
      case NfsResop4.Write(Write4Res.Ok(var ok)) -> written.add(ok.count());
      case null, default -> {
        // Carries no bytes of a file.
      }
    }
  }

  private void countRead(ReadPlusContent segment) {
    if (segment instanceof ReadPlusContent.Data(var data)) {
      countRead(data.data());
    }
  }

  private void countRead(Payload data) {
    (data instanceof FilePayload ? sentFromFiles : readIntoMemory).add(data.length());
  }

  private static final class Counters {
    final LongAdder calls = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder queuedNanos = new LongAdder();
    final LongAdder nanos = new LongAdder();
  }
}
