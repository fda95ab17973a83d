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
 * One of two clients of the same files. What it counts under a lock, and what it was told that is
 * written, nobody may undo; and it never takes for true what another has changed.
 */
final class Member {
  static final NfsPath COUNTER = NfsPath.of("/counter");
  static final NfsPath LOG = NfsPath.of("/log");
  static final int LINE_BYTES = 10;

  private static final Duration THINKING = Duration.ofMillis(200);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);
  private static final int ATTEMPTS_MAX = 20;

  /** What may honestly be said when a peer does not answer, or has been away for too long. */
  private static final Set<Reason> HONEST =
      EnumSet.of(Reason.TIMED_OUT, Reason.UNREACHABLE, Reason.STATE_LOST, Reason.DATA_LOST);

  private final SharedWorld world;
  private final String name;
  private final NfsClient client;
  private final List<Reason> failures = new ArrayList<>();
  private CompletableFuture<Void> work = CompletableFuture.completedFuture(null);
  private long counted;
  private long perhapsCounted;

  Member(SharedWorld world, String name, NfsClient client) {
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

  /** What steps failed with that were done again. */
  List<Reason> failures() {
    return failures;
  }

  /** How often it knows to have counted. */
  long counted() {
    return counted;
  }

  /** How often it does not know whether it has. */
  long perhapsCounted() {
    return perhapsCounted;
  }

  /** Counts, and looks at the log all the while. */
  void countAndWatch() {
    work = CompletableFuture.allOf(count(2), watch(10));
  }

  /** Appends to the log, counts, and then looks at the log. */
  void countAndAppend() {
    work =
        pause(Duration.ofMillis(100))
            .thenCompose(done -> append())
            .thenCompose(done -> count(2))
            .thenCompose(done -> watch(2));
  }

  /** With the file open, adds one so often, each time under a lock of its own. */
  private CompletableFuture<Void> count(int times) {
    return with(
        COUNTER, NfsOpenOptions.forReadingAndWriting(), file -> times(times, () -> addOne(file)));
  }

  private CompletableFuture<Void> addOne(NfsFile file) {
    return file.lockAsync(0, Long.BYTES, false)
        .thenCompose(lock -> after(addOneLocked(file), lock::closeAsync));
  }

  private CompletableFuture<Void> addOneLocked(NfsFile file) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
    return file.readAsync(bytes, 0)
        .thenCompose(read -> pause(THINKING))
        .thenCompose(thought -> {
          perhapsCounted++;
          ByteBuffer next = ByteBuffer.allocate(Long.BYTES).putLong(0, bytes.getLong(0) + 1);
          return file.writeAsync(next, 0);
        })
        .thenCompose(written -> file.syncAsync())
        .thenRun(() -> {
          perhapsCounted--;
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

  /** What was told to be written before a look began is there in each. */
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
          return pause(LOOK_EVERY);
        });
  }

  /** Opens, does something and closes; all of it again as long as it fails honestly. */
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
              || !(cause instanceof NfsException told)
              || !HONEST.contains(told.reason())) {
            return CompletableFuture.failedFuture(failure);
          }
          failures.add(told.reason());
          return pause(AGAIN_AFTER).thenCompose(done -> persist(work, left - 1));
        });
  }

  /** What comes last is done in any case; the first failure is the outcome. */
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
    CompletableFuture<Void> over = new CompletableFuture<>();
    world.host(name).timers().schedule(time, () -> over.complete(null));
    return over;
  }
}
