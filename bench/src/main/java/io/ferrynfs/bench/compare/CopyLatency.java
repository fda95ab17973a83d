package io.ferrynfs.bench.compare;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.cli.admin.Counters;
import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Compares the latency of GETATTR on a separate connection between a server that makes ten copies
 * and the idle server, in turns. Each copy belongs to a different client and restarts when it ends.
 */
final class CopyLatency {
  private static final int COPIES = 10;
  private static final long FILE_BYTES = Long.getLong("bench.latency.bytes", 512L << 20);
  private static final long PERIOD_NANOS =
      TimeUnit.MILLISECONDS.toNanos(Long.getLong("bench.latency.ms", 2000));
  private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** The minimum progress of ten concurrent copies in a period, even on a slow disk. */
  private static final long MOVED_BYTES_MIN = 16 << 20;

  private static final int RATE = 500;
  private static final double RATIO_MAX = 3.0;

  private final Path place;
  private final Served served;
  private final NfsFile probed;
  private final List<NfsFile> sources = new ArrayList<>();
  private final List<NfsFile> targets = new ArrayList<>();

  private CopyLatency(Path place, Served served, NfsFile probed) {
    this.place = place;
    this.served = served;
    this.probed = probed;
  }

  /** The latencies of one kind in nanoseconds, by round. */
  private static final class Samples {
    private final List<long[]> rounds = new ArrayList<>();

    void add(long[] sorted) {
      rounds.add(sorted);
    }

    /** Returns the median over all rounds of a quantile, in microseconds. */
    double micros(double quantile) {
      double[] each =
          rounds.stream()
              .mapToDouble(round -> round[(int) ((round.length - 1) * quantile)] / 1e3)
              .sorted()
              .toArray();
      return each[each.length / 2];
    }
  }

  /** Runs the comparison, prints the results and returns the missed goals. */
  static List<String> run(Path place, String name, int rounds)
      throws IOException, InterruptedException {
    List<String> misses = new ArrayList<>();
    List<NfsClient> clients = new ArrayList<>();
    try (Served served = Served.in(place);
        NfsClient prober = served.connect()) {
      served.randomFile("source", FILE_BYTES);
      // The file is open for writing, so that it is not delegated and each GETATTR reaches the
      // server.
      NfsFile probed = prober.open(NfsPath.of("/source"), NfsOpenOptions.forReadingAndWriting());
      CopyLatency latency = new CopyLatency(served.folder(), served, probed);
      try {
        for (int i = 0; i < COPIES; i++) {
          NfsClient client = served.connect();
          clients.add(client);
          latency.open(client, i);
        }
        latency.compare("one at a time, " + name, 0, rounds, misses);
        latency.compare(RATE + " a second, " + name, RATE, rounds, misses);
        served.printMemory();
      } finally {
        clients.forEach(NfsClient::close);
      }
    }
    return misses;
  }

  private void open(NfsClient client, int number) throws IOException {
    sources.add(client.open(NfsPath.of("/source"), NfsOpenOptions.forReading()));
    targets.add(client.open(NfsPath.of("/target" + number), NfsOpenOptions.forReplacing(0644)));
  }

  private void compare(String title, int rate, int rounds, List<String> misses)
      throws IOException, InterruptedException {
    probe(rate);
    Samples idle = new Samples();
    Samples busy = new Samples();
    double worst = 0;
    double best = Double.MAX_VALUE;
    for (int round = 0; round < rounds; round++) {
      long[] quiet = probe(rate);
      idle.add(quiet);
      long[] during = probeDuringCopies(rate);
      busy.add(during);
      double ratio = (double) quantile(during, 0.99) / quantile(quiet, 0.99);
      worst = Math.max(worst, ratio);
      best = Math.min(best, ratio);
    }
    double ratio = busy.micros(0.99) / idle.micros(0.99);
    System.out.printf(
        Locale.ROOT,
        "%-48s %9.0f µs %9.0f µs %8.2f   %5.2f .. %4.2f %8s%n",
        "GETATTR p99, " + title,
        busy.micros(0.99),
        idle.micros(0.99),
        ratio,
        best,
        worst,
        "<= " + RATIO_MAX);
    System.out.printf(
        Locale.ROOT, "%-48s %9.0f µs %9.0f µs%n", "  p50", busy.micros(0.5), idle.micros(0.5));
    if (ratio > RATIO_MAX) {
      misses.add("latency: " + title);
    }
  }

  private static long quantile(long[] sorted, double quantile) {
    return sorted[(int) ((sorted.length - 1) * quantile)];
  }

  /** Measures while ten copies run, which restart when they end. */
  private long[] probeDuringCopies(int rate) throws IOException, InterruptedException {
    List<RepeatedCopy> copies = new ArrayList<>();
    for (int i = 0; i < COPIES; i++) {
      copies.add(new RepeatedCopy(sources.get(i), targets.get(i)));
    }
    long[] latencies;
    try {
      LockSupport.parkNanos(SETTLE_NANOS);
      SortedMap<String, Long> before = served.counts();
      latencies = probe(rate);
      // Checks that the server was copying all the time.
      new Proven.Difference(before, served.counts())
          .isAtLeast(Counters.COPY_MOVED, MOVED_BYTES_MIN);
    } finally {
      copies.forEach(RepeatedCopy::stop);
    }
    for (RepeatedCopy copy : copies) {
      copy.awaitEnd();
    }
    // Flushes the dirty pages of the copies, so that they do not affect the next idle period.
    ChildProcess.output(List.of("sync", "--file-system", place.toString()));
    LockSupport.parkNanos(SETTLE_NANOS);
    return latencies;
  }

  /** Sends GETATTR calls one at a time for one period, and returns the sorted latencies. */
  private long[] probe(int rate) throws IOException, InterruptedException {
    SortedMap<String, Long> before = served.counts();
    long[] latencies = send(rate);
    Claims.operations("GETATTR", latencies.length)
        .check(new Proven.Difference(before, served.counts()));
    return latencies;
  }

  private long[] send(int rate) throws IOException, InterruptedException {
    long[] latencies = new long[1024];
    int count = 0;
    long start = System.nanoTime();
    for (long now = start; now - start < PERIOD_NANOS; now = System.nanoTime()) {
      if (rate > 0) {
        long due = start + TimeUnit.SECONDS.toNanos(1) / rate * count;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        now = System.nanoTime();
      }
      NfsWork.wait(probed.attributesAsync());
      if (count == latencies.length) {
        latencies = Arrays.copyOf(latencies, 2 * count);
      }
      latencies[count++] = System.nanoTime() - now;
    }
    long[] sorted = Arrays.copyOf(latencies, count);
    Arrays.sort(sorted);
    return sorted;
  }

  /** A background copy that restarts when it ends, until it is stopped. */
  private static final class RepeatedCopy {
    private final NfsFile source;
    private final NfsFile target;

    @GuardedBy("this")
    private CopyHandle handle;

    @GuardedBy("this")
    private boolean stopped;

    RepeatedCopy(NfsFile source, NfsFile target) {
      this.source = source;
      this.target = target;
      this.handle = start();
    }

    private synchronized CopyHandle start() {
      handle =
          source.copyTo(
              0, target, 0, FILE_BYTES, NfsCopyOptions.builder().requireOffload(true).build());
      var _ =
          handle
              .completion()
              .whenComplete((result, error) -> {
                if (error == null) {
                  restart();
                }
              });
      return handle;
    }

    private synchronized void restart() {
      if (!stopped) {
        start();
      }
    }

    synchronized void stop() {
      stopped = true;
      handle.cancel();
    }

    void awaitEnd() throws InterruptedException {
      CopyHandle last;
      synchronized (this) {
        last = handle;
      }
      var _ = last.completion().handle((result, error) -> true).join();
    }
  }
}
