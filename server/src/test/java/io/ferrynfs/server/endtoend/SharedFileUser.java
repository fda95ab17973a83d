package io.ferrynfs.server.endtoend;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One of two clients of the same files. Its increments under a lock and its durable writes must not
 * be lost, and it must never see stale data.
 */
final class SharedFileUser {
  static final NfsPath COUNTER = NfsPath.of("/counter");
  static final NfsPath LOG = NfsPath.of("/log");
  static final int LINE_BYTES = 10;

  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
  private static final int ATTEMPTS_MAX = 20;

  /** The reasons with which a call may fail if a peer does not answer or was away for too long. */
  private static final Set<Reason> PERMITTED =
      EnumSet.of(Reason.TIMED_OUT, Reason.UNREACHABLE, Reason.STATE_LOST, Reason.DATA_LOST);

  private final SharedWorld world;
  private final String name;
  private final NfsClient client;
  private final List<Reason> failures = new ArrayList<>();
  private CompletableFuture<Void> work = CompletableFuture.completedFuture(null);
  private long counted;
  private long possiblyCounted;

  SharedFileUser(SharedWorld world, String name, NfsClient client) {
    this.world = world;
    this.name = name;
    this.client = client;
  }

  NfsClient client() {
    return client;
  }

  CompletableFuture<Void> work() {
    return work;
  }

  /** Returns the failures of the steps that were retried. */
  List<Reason> failures() {
    return failures;
  }

  /** Returns the number of increments that certainly took effect. */
  long counted() {
    return counted;
  }

  /** Returns the number of increments that may have taken effect. */
  long possiblyCounted() {
    return possiblyCounted;
  }

  /** Increments the counter and watches the log at the same time. */
  void incrementAndWatch() {
    work = CompletableFuture.allOf(count(2), watch(10));
  }

  /** Appends to the log, increments the counter and then watches the log. */
  void appendAndIncrement() {
    work =
        pause(Duration.ofMillis(100))
            .thenCompose(done -> append())
            .thenCompose(done -> count(2))
            .thenCompose(done -> watch(2));
  }

  /** Opens the counter and increments it several times, each time under a new lock. */
  private CompletableFuture<Void> count(int times) {
    return with(
        COUNTER,
        NfsOpenOptions.forReadingAndWriting(),
        file -> times(times, () -> increment(file)));
  }

  private CompletableFuture<Void> increment(NfsFile file) {
    return file.lockAsync(0, Long.BYTES, false)
        .thenCompose(lock -> after(incrementLocked(file), lock::closeAsync));
  }

  private CompletableFuture<Void> incrementLocked(NfsFile file) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
    return file.readAsync(bytes, 0)
        .thenCompose(read -> pause(PAUSE))
        .thenCompose(thought -> {
          possiblyCounted++;
          ByteBuffer next = ByteBuffer.allocate(Long.BYTES).putLong(0, bytes.getLong(0) + 1);
          return file.writeAsync(next, 0);
        })
        .thenCompose(written -> file.syncAsync())
        .thenRun(() -> {
          possiblyCounted--;
          counted++;
        });
  }

  private CompletableFuture<Void> append() {
    return with(
        LOG,
        NfsOpenOptions.forWriting(),
        file -> {
          long end = world.written() + LINE_BYTES;
          return file.writeAsync(ByteBuffer.allocate(LINE_BYTES), end - LINE_BYTES)
              .thenCompose(written -> file.syncAsync())
              .thenRun(() -> world.written(end));
        });
  }

  /** Looks at the log several times and expects everything that was durable before each look. */
  private CompletableFuture<Void> watch(int times) {
    return with(LOG, NfsOpenOptions.forReading(), file -> times(times, () -> look(file)));
  }

  private CompletableFuture<Void> look(NfsFile file) {
    long written = world.written();
    return file.attributesAsync()
        .thenCompose(attributes -> {
          if (attributes.sizeBytes() < written) {
            throw new AssertionError(
                name + " sees " + attributes.sizeBytes() + " bytes of " + written);
          }
          return pause(LOOK_INTERVAL);
        });
  }

  /**
   * Opens a file, works on it and closes it; retries everything while it fails with a permitted
   * reason.
   */
  private CompletableFuture<Void> with(
      NfsPath path, NfsOpenOptions how, Function<NfsFile, CompletableFuture<Void>> work) {
    return persist(
        () ->
            client
                .openAsync(path, how)
                .thenCompose(file -> after(work.apply(file), file::closeAsync)),
        ATTEMPTS_MAX);
  }

  private CompletableFuture<Void> persist(Supplier<CompletableFuture<Void>> work, int left) {
    return work.get()
        .exceptionallyCompose(failure -> {
          @Nullable Throwable cause =
              failure instanceof CompletionException ? failure.getCause() : failure;
          if (left == 0
              || !(cause instanceof NfsException failed)
              || !PERMITTED.contains(failed.reason())) {
            return CompletableFuture.failedFuture(failure);
          }
          failures.add(failed.reason());
          return pause(RETRY_DELAY).thenCompose(done -> persist(work, left - 1));
        });
  }

  /** Runs the last step after success and after failure; the first failure is the outcome. */
  private static CompletableFuture<Void> after(
      CompletableFuture<Void> work, Supplier<CompletableFuture<Void>> last) {
    return work.handle((done, failure) -> failure)
        .thenCompose(failure -> {
          CompletableFuture<Void> ended = last.get();
          return failure == null
              ? ended
              : ended
                  .exceptionally(ignored -> null)
                  .thenCompose(done -> CompletableFuture.failedFuture(failure));
        });
  }

  private static CompletableFuture<Void> times(int count, Supplier<CompletableFuture<Void>> step) {
    return count == 0
        ? CompletableFuture.completedFuture(null)
        : step.get().thenCompose(done -> times(count - 1, step));
  }

  private CompletableFuture<Void> pause(Duration time) {
    CompletableFuture<Void> elapsed = new CompletableFuture<>();
    world.host(name).timers().schedule(time, () -> elapsed.complete(null));
    return elapsed;
  }
}
