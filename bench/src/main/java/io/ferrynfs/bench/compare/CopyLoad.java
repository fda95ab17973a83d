package io.ferrynfs.bench.compare;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.cli.admin.Counters;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs ten thousand concurrent COPYs of a hundred clients, more than the server accepts
 * asynchronously, so that clients retry some of them synchronously or after a delay. All copies
 * must succeed, no client may complete more than twice as many as another, and the server must stay
 * within its heap.
 */
final class CopyLoad {
  private static final int CLIENTS = Integer.getInteger("bench.load.clients", 100);
  private static final int COPIES_OF_ONE = Integer.getInteger("bench.load.copies", 100);
  private static final long FILE_BYTES = Long.getLong("bench.load.bytes", 2L << 20);

  /**
   * The number of target files of a client. It limits the space, because the client overwrites
   * them.
   */
  private static final int TARGETS_OF_ONE = 4;

  private static final int MINUTES_MAX = 10;
  private static final double SHARE_MAX = 2.0;
  private static final String HEAP = "-Xmx256m";
  private static final String OUT_OF_MEMORY = "OutOfMemoryError";

  private final List<NfsClient> clients = new ArrayList<>();
  private final CountDownLatch ends = new CountDownLatch(CLIENTS * COPIES_OF_ONE);

  @GuardedBy("this")
  private final int[] completed = new int[CLIENTS];

  @GuardedBy("this")
  private final Map<CopyResult.How, Integer> ways = new TreeMap<>();

  @GuardedBy("this")
  private final Map<String, Integer> reasons = new TreeMap<>();

  @GuardedBy("this")
  private int[] half = new int[0];

  @GuardedBy("this")
  private int done;

  @GuardedBy("this")
  private int failed;

  @GuardedBy("this")
  private @Nullable Throwable failure;

  private CopyLoad() {}

  /** Runs the scenario, prints the results and returns the missed goals. */
  static List<String> run(Served served) throws IOException, InterruptedException {
    served.randomFile("source", FILE_BYTES);
    CopyLoad load = new CopyLoad();
    try {
      return load.measure(served);
    } finally {
      load.clients.forEach(NfsClient::close);
    }
  }

  private List<String> measure(Served served) throws IOException, InterruptedException {
    List<Runnable> starts = new ArrayList<>();
    for (int number = 0; number < CLIENTS; number++) {
      NfsClient client = served.connect();
      clients.add(client);
      starts.addAll(copies(number, client));
    }
    SortedMap<String, Long> before = served.counts();
    long start = System.nanoTime();
    starts.forEach(Runnable::run);
    boolean inTime = ends.await(MINUTES_MAX, TimeUnit.MINUTES);
    double seconds = (System.nanoTime() - start) / 1e9;
    List<String> misses = print(served, inTime, seconds);
    if (misses.isEmpty()) {
      // A short copy that the client retries may count more than once.
      new Proven.Difference(before, served.counts())
          .isAtLeast(Counters.COPY_MOVED, (long) CLIENTS * COPIES_OF_ONE * FILE_BYTES);
    }
    return misses;
  }

  /** Opens the files of a client, and returns the tasks that start its copies. */
  private List<Runnable> copies(int number, NfsClient client) throws IOException {
    NfsFile source = client.open(NfsPath.of("/source"), NfsOpenOptions.forReading());
    List<NfsFile> targets = new ArrayList<>();
    for (int i = 0; i < TARGETS_OF_ONE; i++) {
      NfsPath path = NfsPath.of("/target-" + number + "-" + i);
      targets.add(client.open(path, NfsOpenOptions.forReplacing(0644)));
    }
    List<Runnable> starts = new ArrayList<>();
    for (int i = 0; i < COPIES_OF_ONE; i++) {
      NfsFile target = targets.get(i % TARGETS_OF_ONE);
      starts.add(() -> {
        var _ =
            source
                .copyTo(0, target, 0, FILE_BYTES, NfsCopyOptions.defaults())
                .completion()
                .whenComplete((result, error) -> ended(number, result, error));
      });
    }
    return starts;
  }

  private synchronized void ended(
      int number, @Nullable CopyResult result, @Nullable Throwable error) {
    if (result == null || result.bytes() != FILE_BYTES) {
      failed++;
      failure = error;
    } else {
      completed[number]++;
      done++;
      ways.merge(result.how(), 1, Integer::sum);
      reasons.merge(result.how() + ": " + result.reason(), 1, Integer::sum);
      if (done == CLIENTS * COPIES_OF_ONE / 2) {
        half = completed.clone();
      }
    }
    ends.countDown();
  }

  private synchronized List<String> print(Served served, boolean inTime, double seconds)
      throws IOException {
    List<String> misses = new ArrayList<>();
    int all = CLIENTS * COPIES_OF_ONE;
    System.out.printf(
        Locale.ROOT,
        "%-48s %12d %12d %8.2f %15s %8.2f%n",
        "COPYs of " + (FILE_BYTES >> 20) + " MiB by " + CLIENTS + " clients at once, completed",
        done,
        all,
        (double) done / all,
        "",
        1.0);
    if (done < all) {
      misses.add("load: " + failed + " failed, " + ends.getCount() + " did not end: " + failure);
    }
    int most = Arrays.stream(half).max().orElse(0);
    int least = Arrays.stream(half).min().orElse(0);
    double share = least == 0 ? Double.POSITIVE_INFINITY : (double) most / least;
    System.out.printf(
        Locale.ROOT,
        "%-48s %12d %12d %8.2f %15s %8s%n",
        "  the client with most, with least, at half time",
        most,
        least,
        share,
        "",
        "<= " + SHARE_MAX);
    if (share > SHARE_MAX) {
      misses.add("load: shares of clients");
    }
    System.out.printf(Locale.ROOT, "  %.1f s, %.0f copies/s; %s%n", seconds, done / seconds, ways);
    reasons.forEach((reason, count) -> System.out.printf("    %5d %s%n", count, reason));
    served.printMemory();
    if (!served.server().arguments().contains(HEAP) || served.log().contains(OUT_OF_MEMORY)) {
      misses.add("load: the server's heap of " + HEAP);
    }
    if (!inTime) {
      misses.add("load: did not end after " + MINUTES_MAX + " minutes");
    }
    return misses;
  }
}
