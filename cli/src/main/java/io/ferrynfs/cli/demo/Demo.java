package io.ferrynfs.cli.demo;

import io.ferrynfs.cli.base.ByteText;
import io.ferrynfs.cli.base.Console;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.cli.copy.CopyReport;
import io.ferrynfs.cli.copy.CopySettings;
import io.ferrynfs.cli.copy.TreeCopy;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Listing;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.Places;
import io.ferrynfs.cli.place.RemotePlace;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The demonstration: it starts two servers, copies a tree to and between them, and compares the
 * copies.
 */
public final class Demo {
  private static final CopySettings COPY =
      new CopySettings(true, true, false, false, false, 8, Duration.ofMillis(500));
  private static final int DIFFERENCES_SHOWN_MAX = 20;
  private static final int DELETE_TRIES_MAX = 20;
  private static final int HARD_LINKS = 3;

  /** A progress display, shown until it is closed. */
  @FunctionalInterface
  public interface ProgressDisplay extends AutoCloseable {
    @Override
    void close();
  }

  private final Console console;
  private final Path launcher;
  private final Path tree;
  private final long sparseBytes;
  private final DemoTable table;
  private final Queue<Process> processes = new ConcurrentLinkedQueue<>();
  private final Function<CopyReport, ProgressDisplay> progress;

  /**
   * Creates a demonstration.
   *
   * @param launcher the {@code ferry} script, which starts the servers
   * @param tree the tree that is copied
   * @param sparseBytes the size of the sparse file added to it
   * @param progress opens the progress display of a copy
   */
  public Demo(
      Console console,
      Path launcher,
      Path tree,
      long sparseBytes,
      Function<CopyReport, ProgressDisplay> progress) {
    this.console = console;
    this.launcher = launcher;
    this.tree = tree;
    this.sparseBytes = sparseBytes;
    this.table = new DemoTable(console);
    this.progress = progress;
  }

  /**
   * Runs the demonstration.
   *
   * @return whether all files were copied and are equal
   */
  public boolean run() throws IOException {
    Path work = Files.createTempDirectory("ferry-demo");
    Runnable unregister = Machine.onTermination(() -> abandon(work));
    try {
      try (ServerProcess a = start(work, "a");
          ServerProcess b = start(work, "b");
          Places places = new Places()) {
        console.line("server A: " + a.url() + " (process " + a.pid() + ")");
        console.line("server B: " + b.url() + " (process " + b.pid() + ")");
        console.line("tree:     " + tree);
        console.line("");
        return copyAndCompare(places, a.url(), b.url());
      }
    } finally {
      unregister.run();
      deleteTree(work);
    }
  }

  /** Kills the servers and deletes the files after a signal. */
  private int abandon(Path work) {
    processes.forEach(Process::destroyForcibly);
    try {
      for (Process process : processes) {
        process.waitFor();
      }
      deleteTree(work);
    } catch (IOException | InterruptedException e) {
      console.error("cannot delete " + work + ": " + e.getMessage());
    }
    return ExitCode.INTERRUPTED;
  }

  private ServerProcess start(Path work, String name) throws IOException {
    return ServerProcess.start(
        launcher,
        Files.createDirectory(work.resolve(name)),
        work.resolve(name + ".state"),
        work.resolve(name + ".log"),
        processes::add);
  }

  private boolean copyAndCompare(Places places, String a, String b) throws IOException {
    Place original = places.of(a + "/tree");
    Place copyOnA = places.of(a + "/copy");
    Place copyOnB = places.of(b + "/tree");
    table.head();
    if (!copy("put the tree on server A", localTree(places), original)) {
      return false;
    }
    // The comparison precedes the additions, so that both trees have the same files.
    long start = Machine.nanoTime();
    TreeManifest sent = TreeManifest.of(localTree(places));
    TreeManifest arrived = TreeManifest.of(original);
    boolean equal = compare("  equal to the original", sent, arrived, start);
    addLinksAndHoles(original);
    long before = places.payloadBytes();
    equal &= copy("server B copies it from A", original, copyOnB);
    long passed = places.payloadBytes() - before;
    console.line("    payload bytes that passed through the client: " + passed);
    equal &= copy("server A copies it on itself", original, copyOnA);
    start = Machine.nanoTime();
    TreeManifest whole = TreeManifest.of(original);
    equal &= compare("  the copy on B is equal", whole, TreeManifest.of(copyOnB), start);
    equal &= isStillSparse(copyOnB);
    start = Machine.nanoTime();
    equal &= compare("  the copy on A is equal", whole, TreeManifest.of(copyOnA), start);
    equal &= isStillSparse(copyOnA);
    console.line("");
    console.line(
        equal
            ? "Everything is equal: SHA-256, type, mode, owner, size, time and links."
            : "NOT everything is equal.");
    if (passed != 0) {
      console.line("NOT everything went from server to server.");
    }
    return equal && passed == 0;
  }

  private Place localTree(Places places) throws IOException {
    return places.of(tree.toAbsolutePath().toString());
  }

  private boolean copy(String step, Place from, Place to) {
    CopyReport report = new CopyReport();
    long start = Machine.nanoTime();
    try (ProgressDisplay _ = progress.apply(report)) {
      new TreeCopy(COPY, report).copy(from, to);
    }
    table.row(step, report, Machine.nanoTime() - start);
    report.failures().forEach(console::error);
    return report.failureCount() == 0;
  }

  /** Adds what a JDK's directory lacks: hard links, a dangling symbolic link and a sparse file. */
  private void addLinksAndHoles(Place top) throws IOException {
    List<Place> files = new ArrayList<>();
    try (Listing entries = top.list()) {
      for (Listing.Item item = entries.next(); item != null; item = entries.next()) {
        if (item instanceof Listing.Entry(Place place, FileInfo info)
            && info.isRegular()
            && files.size() < HARD_LINKS) {
          files.add(place);
        }
      }
    }
    for (Place file : files) {
      String name = ByteText.of(file.nameBytes()) + ".hardlink";
      top.child(ByteText.bytes(name)).makeLink(file);
    }
    Place symlink = top.child("dangling.symlink".getBytes(StandardCharsets.UTF_8));
    var _ = symlink.makeSymlink("no/such/target".getBytes(StandardCharsets.UTF_8));
    if (sparse(top) instanceof RemotePlace remote) {
      try (NfsFile file = remote.client().open(remote.path(), NfsOpenOptions.forNew(0640))) {
        byte[] text = "the rest is a hole".getBytes(StandardCharsets.UTF_8);
        file.write(ByteBuffer.wrap(text), 0);
        file.truncate(sparseBytes);
        file.sync();
      }
    }
  }

  private static Place sparse(Place top) throws IOException {
    return top.child("sparse.file".getBytes(StandardCharsets.UTF_8));
  }

  private boolean isStillSparse(Place top) throws IOException {
    FileInfo info = sparse(top).info();
    boolean isSparse = info.usedBytes() < Math.max(sparseBytes / 100, 1 << 20);
    console.line(
        String.format(
            Locale.ROOT,
            "    %s: %s takes %s on the disk",
            isSparse ? "the hole was preserved" : "THE HOLE WAS FILLED",
            Units.bytes(info.sizeBytes()),
            Units.bytes(info.usedBytes())));
    return isSparse;
  }

  private boolean compare(String step, TreeManifest one, TreeManifest other, long startNanos) {
    List<String> differences = one.differences(other);
    long nanos = Machine.nanoTime() - startNanos;
    table.row(
        step,
        other.size(),
        other.bytes(),
        Units.rate(other.bytes(), nanos),
        differences.isEmpty() ? "read back and compared" : differences.size() + " DIFFERENCES");
    differences.stream().limit(DIFFERENCES_SHOWN_MAX).forEach(console::error);
    return differences.isEmpty();
  }

  private static void deleteTree(Path top) throws IOException {
    // The demo's end and a signal may delete the tree concurrently, while servers still write.
    for (int tries = 1; Files.exists(top); tries++) {
      try {
        deleteOnce(top);
      } catch (NoSuchFileException | DirectoryNotEmptyException | UncheckedIOException e) {
        if (tries == DELETE_TRIES_MAX) {
          throw e;
        }
      }
    }
  }

  private static void deleteOnce(Path top) throws IOException {
    List<Path> paths;
    try (Stream<Path> all = Files.walk(top)) {
      paths = all.toList();
    }
    for (Path path : paths.reversed()) {
      Files.deleteIfExists(path);
    }
  }
}
