package ferry.bench.compare;

import ferry.client.NfsClient;
import ferry.client.NfsPath;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The comparisons of docs/performance.md. {@code bench/run} prepares the servers and calls this
 * with settings as system properties.
 */
public final class Compare {
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 7);
  private static final long STREAM_BYTES = Long.getLong("bench.bytes", 1L << 30);
  private static final int CALLS = Integer.getInteger("bench.calls", 200_000);

  private final Path root;
  private final List<String> misses = new ArrayList<>();

  private Compare(Path root) {
    this.root = root;
  }

  /**
   * @param args the scenarios: read, write, getattr, copy, reflink
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Compare compare = new Compare(Path.of(System.getProperty("ferry.root", ".")));
    System.out.printf(
        "%-48s %12s %12s %8s %15s %8s%n", "", "candidate", "reference", "ratio", "range", "goal");
    for (String scenario : args) {
      compare.scenario(scenario);
    }
    compare.misses.forEach(miss -> System.out.println("below its goal: " + miss));
    System.exit(compare.misses.isEmpty() ? 0 : 1);
  }

  private void scenario(String name) throws IOException, InterruptedException {
    switch (name) {
      case "read" -> read();
      case "write" -> write();
      case "getattr" -> getattr();
      case "copy" -> copy(Path.of(System.getProperty("bench.disk")), "COPY of 1 GiB / transferTo");
      case "reflink" -> reflink(Path.of(System.getProperty("bench.xfs")));
      default -> throw new IllegalArgumentException("no scenario " + name);
    }
  }

  private void read() throws IOException, InterruptedException {
    Path folder = folder();
    Path file = randomFile(folder.resolve("file"), STREAM_BYTES);
    RawStreams raw = RawStreams.compile(rawSource(), root.resolve("bench/target/reference"));
    try (ChildProcess reference = raw.sendfileServer(file);
        ChildProcess server = ferry(folder);
        NfsClient client = connect(server.ready())) {
      Contender ours = NfsWork.read(client, NfsPath.of("/file"));
      row("streaming READ / sendfile→recv", ours, raw.receive(reference), 0.7, "MB/s", 1e6);
      String ganesha = System.getProperty("bench.ganesha");
      if (ganesha != null) {
        Files.copy(file, Path.of(System.getProperty("bench.ganesha.dir"), "file"));
        try (NfsClient other = connect(ganesha)) {
          Contender theirs = NfsWork.read(other, NfsPath.of("/export/file"));
          row("streaming READ / nfs-ganesha", ours, theirs, 1.2, "MB/s", 1e6);
        }
      }
      memory(server);
    } finally {
      delete(folder);
    }
  }

  private void write() throws IOException, InterruptedException {
    Path folder = folder();
    RawStreams raw = RawStreams.compile(rawSource(), root.resolve("bench/target/reference"));
    try (ChildProcess reference = raw.storeServer(folder.resolve("raw"));
        ChildProcess server = ferry(folder);
        NfsClient client = connect(server.ready())) {
      row(
          "streaming WRITE / send→recv+pwrite",
          NfsWork.write(client, NfsPath.of("/file"), STREAM_BYTES),
          raw.send(reference, STREAM_BYTES),
          0.6,
          "MB/s",
          1e6);
      memory(server);
    } finally {
      delete(folder);
    }
  }

  private void getattr() throws IOException, InterruptedException {
    Path folder = folder();
    Files.writeString(folder.resolve("file"), "x");
    String ganesha = System.getProperty("bench.ganesha");
    Files.writeString(Path.of(System.getProperty("bench.ganesha.dir"), "one"), "x");
    try (ChildProcess server = ferry(folder);
        NfsClient client = connect(server.ready());
        NfsClient other = connect(ganesha)) {
      row(
          "GETATTR, 64 outstanding / nfs-ganesha",
          NfsWork.getattr(client, NfsPath.of("/file"), CALLS),
          NfsWork.getattr(other, NfsPath.of("/export/one"), CALLS),
          2.0,
          "k/s",
          1e3);
      memory(server);
    } finally {
      delete(folder);
    }
  }

  private void copy(Path disk, String title) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(disk, "ferry-bench");
    Path file = randomFile(folder.resolve("file"), 1L << 30);
    try (ChildProcess server = ferry(folder);
        NfsClient client = connect(server.ready())) {
      row(
          title,
          NfsWork.copy(client, NfsPath.of("/file"), NfsPath.of("/copy")),
          LocalCopy.transferTo(file, folder.resolve("local")),
          0.95,
          "MB/s",
          1e6);
      memory(server);
    } finally {
      delete(folder);
    }
  }

  private void reflink(Path xfs) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(xfs, "ferry-bench");
    randomFile(folder.resolve("file"), 1L << 30);
    try (ChildProcess server = ferry(folder);
        NfsClient client = connect(server.ready())) {
      Contender copy = NfsWork.copyOpen(client, NfsPath.of("/file"), NfsPath.of("/copy"));
      Contender milliseconds = () -> (1L << 30) / copy.round() * 1e3;
      Contender goal = () -> 10;
      Interleaved.Result result = Interleaved.run(milliseconds, goal, ROUNDS);
      System.out.printf(
          Locale.ROOT,
          "%-48s %9.2f ms %12s %8s %15s %8s%n",
          "COPY of 1 GiB on XFS with reflink",
          result.candidate(),
          "",
          "",
          "",
          "< 10 ms");
      if (result.candidate() >= 10) {
        misses.add("reflink");
      }
      memory(server);
    } finally {
      delete(folder);
    }
  }

  private void row(
      String title, Contender ours, Contender theirs, double goal, String unit, double scale)
      throws IOException, InterruptedException {
    Interleaved.Result result = Interleaved.run(ours, theirs, ROUNDS);
    System.out.printf(
        Locale.ROOT,
        "%-48s %7.0f %4s %7.0f %4s %8.2f   %5.2f .. %4.2f %8.2f%n",
        title,
        result.candidate() / scale,
        unit,
        result.reference() / scale,
        unit,
        result.ratio(),
        result.worst(),
        result.best(),
        goal);
    if (result.ratio() < goal) {
      misses.add(title);
    }
  }

  private static void memory(ChildProcess server) throws IOException {
    System.out.printf(
        Locale.ROOT,
        "%-48s %8.0f MiB%n",
        "  resident set of the server, at most (heap 256 MiB)",
        server.residentBytesMax() / 1048576.0);
  }

  private ChildProcess ferry(Path folder) throws IOException {
    return ChildProcess.start(
        List.of(
            root.resolve("ferry").toString(),
            "serve",
            folder.toString(),
            "--listen",
            "127.0.0.1:0",
            "--state",
            folder + ".state"),
        "listening on ");
  }

  private static NfsClient connect(@Nullable String hostAndPort) throws IOException {
    if (hostAndPort == null) {
      throw new IOException("bench/run says where the other server is");
    }
    int colon = hostAndPort.lastIndexOf(':');
    return NfsClient.connect(
        hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
  }

  private Path rawSource() {
    return root.resolve("bench/reference/raw.c");
  }

  /** In memory, so that the disk does not decide. */
  private static Path folder() throws IOException {
    return Files.createTempDirectory(Path.of(System.getProperty("bench.memory")), "ferry-bench");
  }

  private static Path randomFile(Path path, long bytes) throws IOException {
    byte[] block = new byte[1 << 20];
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      Random random = new Random(1);
      for (long at = 0; at < bytes; at += block.length) {
        random.nextBytes(block);
        file.write(block);
      }
      file.getFD().sync();
    }
    return path;
  }

  /** Removes a served folder and the state that the server kept beside it. */
  private static void delete(Path folder) throws IOException {
    for (Path tree : List.of(folder, Path.of(folder + ".state"))) {
      if (Files.exists(tree)) {
        try (var paths = Files.walk(tree)) {
          for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(path);
          }
        }
      }
    }
  }
}
