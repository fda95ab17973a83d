package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsAttributeChanges;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.testkit.SeededRandom;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * The random steps of one user in one directory, with a model of their results. Every step verifies
 * its result; a non-idempotent operation that is executed twice conflicts with its first execution
 * and fails.
 */
final class Workload {
  private static final int MODE = 0644;
  private static final int FILE_BYTES_MAX = 60_000;
  private static final int FILES_MAX = 8;
  private static final int NAMES = 12;
  private static final int REWRITES_MAX = 20;
  private static final String LOG = "log";

  private final NfsClient client;
  private final NfsPath directory;
  private final SeededRandom random;
  private final boolean outlivesSessions;
  private final SortedMap<String, byte[]> model = new TreeMap<>();
  private final List<String> history = new ArrayList<>();

  /**
   * Creates a workload.
   *
   * @param outlivesSessions whether the server may lose the session and its reply cache
   */
  Workload(NfsClient client, String directory, SeededRandom random, boolean outlivesSessions) {
    this.outlivesSessions = outlivesSessions;
    this.client = client;
    this.directory = NfsPath.of(directory);
    this.random = random;
  }

  /** Returns the steps so far. */
  List<String> history() {
    return history;
  }

  /** Makes the directory, takes random steps while one file stays open, and verifies the result. */
  CompletableFuture<Void> run(int steps) {
    return begin()
        .thenCompose(log -> steps(steps, () -> step(log)).thenCompose(done -> end(log)))
        .thenCompose(done -> verify());
  }

  /** Takes each kind of step once, in an order in which each finds what it needs. */
  CompletableFuture<Void> runOfEach() {
    List<Supplier<CompletableFuture<Void>>> all =
        List.of(
            () -> create("a"),
            () -> read("a"),
            () -> createExisting("a"),
            () -> copy("a", "b"),
            () -> rename("a", "c"),
            () -> link("c", "d"),
            () -> makeAndRemoveSymlink("s"),
            () -> makeAndRemoveDirectory("x"),
            () -> truncate("c", "d"),
            this::list,
            () -> rename("b", "c"),
            () -> remove("c"),
            () -> removeMissing("c"));
    int[] next = new int[1];
    return begin()
        .thenCompose(log ->
            steps(all.size(), () -> append(log).thenCompose(done -> all.get(next[0]++).get()))
                .thenCompose(done -> end(log)))
        .thenCompose(done -> verify());
  }

  private CompletableFuture<NfsFile> begin() {
    return once("mkdir", client.mkdirAsync(directory, 0755), Reason.EXISTS)
        .thenCompose(done -> client.openAsync(path(LOG), NfsOpenOptions.forNew(MODE)))
        .thenApply(log -> {
          model.put(LOG, new byte[0]);
          return log;
        });
  }

  private CompletableFuture<Void> end(NfsFile log) {
    history.add("close log");
    return log.closeAsync();
  }

  private static CompletableFuture<Void> steps(int count, Supplier<CompletableFuture<Void>> step) {
    return count == 0
        ? CompletableFuture.completedFuture(null)
        : step.get().thenCompose(done -> steps(count - 1, step));
  }

  private CompletableFuture<Void> step(NfsFile log) {
    String name = anyFile();
    String free = "f" + random.nextInt(NAMES);
    boolean isTaken = model.containsKey(free);
    if (name.isEmpty() || (!isTaken && model.size() < FILES_MAX && random.nextInt(3) == 0)) {
      return isTaken ? createExisting(free) : create(free);
    }
    return switch (random.nextInt(10)) {
      case 0, 1 -> append(log);
      case 2 -> read(name);
      case 3 -> isTaken ? createExisting(free) : removeMissing(free);
      case 4 -> name.equals(free) ? list() : copy(name, free);
      case 5, 6 -> name.equals(free) ? list() : rename(name, free);
      case 7 -> isTaken ? makeAndRemoveDirectory("d") : makeAndRemoveSymlink(free);
      case 8 -> truncate(name, name);
      default -> remove(name);
    };
  }

  private String anyFile() {
    List<String> names = model.keySet().stream().filter(name -> !name.equals(LOG)).toList();
    return names.isEmpty() ? "" : names.get(random.nextInt(names.size()));
  }

  private NfsPath path(String name) {
    return directory.resolve(name);
  }

  private CompletableFuture<Void> create(String name) {
    byte[] content = random.bytes(random.nextInt(FILE_BYTES_MAX));
    history.add("create " + name + " of " + content.length);
    return client
        .openAsync(path(name), NfsOpenOptions.forNew(MODE))
        .thenCompose(file -> {
          model.put(name, content);
          return write(file, 0, content, content).thenCompose(done -> file.closeAsync());
        });
  }

  private CompletableFuture<Void> append(NfsFile log) {
    byte[] before = content(LOG);
    byte[] more = random.bytes(1 + random.nextInt(2000));
    byte[] after = Arrays.copyOf(before, before.length + more.length);
    System.arraycopy(more, 0, after, before.length, more.length);
    history.add("append " + more.length + " to log");
    model.put(LOG, after);
    return write(log, before.length, more, after);
  }

  /** Writes and syncs; writes everything again if a restart of the server lost data. */
  private CompletableFuture<Void> write(NfsFile file, long at, byte[] bytes, byte[] whole) {
    return write(file, at, bytes, whole, REWRITES_MAX);
  }

  private CompletableFuture<Void> write(
      NfsFile file, long at, byte[] bytes, byte[] whole, int left) {
    return file.writeAsync(ByteBuffer.wrap(bytes), at)
        .thenCompose(done -> file.syncAsync())
        .exceptionallyCompose(failure ->
            left > 0 && is(failure, Reason.DATA_LOST)
                ? write(file, 0, whole, whole, left - 1)
                : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Void> read(String name) {
    history.add("read " + name);
    byte[] expected = content(name);
    ByteBuffer into = ByteBuffer.allocate(expected.length + 10);
    return client
        .openAsync(path(name), NfsOpenOptions.forReading())
        .thenCompose(file ->
            file.readAsync(into, 0)
                .thenCompose(count -> {
                  byte[] bytes = Arrays.copyOf(into.array(), into.position());
                  assertThat(bytes).as("content of " + path(name)).isEqualTo(expected);
                  assertThat(count).isEqualTo(bytes.length == 0 ? -1 : bytes.length);
                  return file.closeAsync();
                }));
  }

  private byte[] content(String name) {
    return model.getOrDefault(name, new byte[0]);
  }

  private CompletableFuture<Void> createExisting(String name) {
    history.add("create " + name + ", which exists");
    return expectFailure(client.openAsync(path(name), NfsOpenOptions.forNew(MODE)), Reason.EXISTS);
  }

  private CompletableFuture<Void> removeMissing(String name) {
    history.add("remove " + name + ", which does not exist");
    return expectFailure(client.removeAsync(path(name)), Reason.NOT_FOUND);
  }

  private CompletableFuture<Void> copy(String from, String to) {
    history.add("copy " + from + " to " + to);
    return client
        .startCopy(path(from), client, path(to), NfsCopyOptions.defaults())
        .completion()
        .thenAccept(result -> {
          assertThat(result.bytes()).isEqualTo(content(from).length);
          model.put(to, content(from));
        });
  }

  private CompletableFuture<Void> rename(String from, String to) {
    String what = "rename " + from + " to " + to;
    return once(what, client.renameAsync(path(from), path(to)), Reason.NOT_FOUND)
        .thenRun(() -> {
          model.put(to, content(from));
          model.remove(from);
        });
  }

  private CompletableFuture<Void> link(String from, String to) {
    String what = "link " + from + " as " + to;
    return once(what, client.linkAsync(path(from), path(to)), Reason.EXISTS)
        .thenRun(() -> model.put(to, content(from)));
  }

  /** Truncates a file through one name; both names refer to the same content. */
  private CompletableFuture<Void> truncate(String name, String alias) {
    byte[] before = content(name);
    byte[] after = Arrays.copyOf(before, before.length / 2);
    history.add("truncate " + name + " to " + after.length);
    return client
        .openAsync(path(name), NfsOpenOptions.forWriting())
        .thenCompose(file ->
            file.setAttributesAsync(NfsAttributeChanges.none().withSize(after.length))
                .thenCompose(done -> file.closeAsync()))
        .thenRun(() -> {
          model.put(name, after);
          model.put(alias, after);
        });
  }

  private CompletableFuture<Void> makeAndRemoveSymlink(String name) {
    byte[] target = random.bytes(20);
    for (int i = 0; i < target.length; i++) {
      target[i] |= 1;
    }
    return once("symlink " + name, client.symlinkAsync(path(name), target), Reason.EXISTS)
        .thenCompose(done -> client.readlinkAsync(path(name)))
        .thenCompose(found -> {
          assertThat(found).isEqualTo(target);
          return once("remove " + name, client.removeAsync(path(name)), Reason.NOT_FOUND);
        });
  }

  private CompletableFuture<Void> makeAndRemoveDirectory(String name) {
    return once("mkdir " + name, client.mkdirAsync(path(name), 0755), Reason.EXISTS)
        .thenCompose(
            done -> once("rmdir " + name, client.removeAsync(path(name)), Reason.NOT_FOUND));
  }

  private CompletableFuture<Void> remove(String name) {
    return once("remove " + name, client.removeAsync(path(name)), Reason.NOT_FOUND)
        .thenRun(() -> model.remove(name));
  }

  private CompletableFuture<Void> list() {
    history.add("list");
    Map<String, Long> expected = new TreeMap<>();
    model.forEach((name, bytes) -> expected.put(name, (long) bytes.length));
    return client
        .listAsync(directory)
        .thenAccept(entries -> {
          Map<String, Long> found = new TreeMap<>();
          entries.forEach(entry -> found.put(entry.name(), entry.attributes().sizeBytes()));
          assertThat(found).isEqualTo(expected);
          assertThat(entries).hasSameSizeAs(expected.keySet());
        });
  }

  private CompletableFuture<Void> verify() {
    List<String> names = List.copyOf(model.keySet());
    int[] next = new int[1];
    return list().thenCompose(done -> steps(names.size(), () -> read(names.get(next[0]++))));
  }

  private static CompletableFuture<Void> expectFailure(CompletableFuture<?> call, Reason reason) {
    return call.handle((done, failure) -> {
      assertThat(failure).as("a call that must fail with " + reason).isNotNull();
      if (!is(failure, reason)) {
        throw new CompletionException(failure);
      }
      return null;
    });
  }

  /**
   * Checks a call that must succeed. If the server lost the session and its reply cache, a retried
   * call may fail because of its own first execution; the client must report that the outcome is
   * unknown.
   */
  private CompletableFuture<Void> once(String what, CompletableFuture<?> call, Reason ownEffect) {
    history.add(what);
    return call.handle((done, failure) -> {
      if (failure != null && !(outlivesSessions && isOwnEffect(failure, ownEffect))) {
        throw new CompletionException(failure);
      }
      return null;
    });
  }

  private static boolean isOwnEffect(Throwable failure, Reason ownEffect) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof NfsException nfs && nfs.is(ownEffect) && nfs.outcomeUnknown();
  }

  private static boolean is(Throwable failure, Reason reason) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof NfsException nfs && nfs.is(reason);
  }
}
