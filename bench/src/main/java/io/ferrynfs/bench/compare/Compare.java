package io.ferrynfs.bench.compare;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The comparisons of docs/performance.md. {@code bench/run} prepares the servers and calls this
 * with settings as system properties.
 */
public final class Compare {
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 7);
  private static final long STREAM_BYTES = Long.getLong("bench.bytes", 1L << 30);
  private static final int CALLS = Integer.getInteger("bench.calls", 200_000);

  /** A lower limit of the size of a call with SEQUENCE, PUTFH and GETATTR, and of its reply. */
  private static final long GETATTR_CALL_BYTES_MIN = 100;

  private static final long GETATTR_REPLY_BYTES_MIN = 100;

  private static final long OFFLOAD_BYTES = Long.getLong("bench.offload.bytes", 4L << 30);

  private final Path root;
  private final Table table = new Table();

  private Compare(Path root) {
    this.root = root;
  }

  /**
   * @param args the scenarios: read, write, getattr, copy, reflink, offload, load, latency, inter,
   *     small, splice
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Compare compare = new Compare(Served.root());
    System.out.printf(
        "%-48s %12s %12s %8s %15s %8s%n", "", "candidate", "reference", "ratio", "range", "goal");
    for (String scenario : args) {
      compare.scenario(scenario);
    }
    compare.table.misses().forEach(miss -> System.out.println("below its goal: " + miss));
    System.exit(compare.table.misses().isEmpty() ? 0 : 1);
  }

  private void scenario(String name) throws IOException, InterruptedException {
    switch (name) {
      case "read" -> read();
      case "write" -> write();
      case "getattr" -> getattr();
      case "copy" -> copy();
      case "reflink" -> reflink("1 GiB", 1L << 30, 10);
      case "offload" -> offload();
      case "load" -> load();
      case "latency" -> latency();
      case "inter" -> inter();
      case "small" -> small();
      case "splice" -> splice();
      default -> throw new IllegalArgumentException("unknown scenario " + name);
    }
  }

  private void read() throws IOException, InterruptedException {
    RawStreams raw = raw();
    try (Served served = Served.in(memory())) {
      Path file = served.randomFile("file", STREAM_BYTES);
      try (ChildProcess reference = raw.sendfileServer(file);
          NfsClient client = served.connect()) {
        Contender ours =
            Proven.by(served, Claims.sent(STREAM_BYTES), NfsWork.read(client, NfsPath.of("/file")));
        Contender sendfile = raw.receive(reference, STREAM_BYTES);
        row("streaming READ / sendfile→recv", ours, sendfile, 0.7, "MB/s", 1e6);
        String ganesha = System.getProperty("bench.ganesha");
        if (ganesha != null) {
          Files.copy(file, Path.of(System.getProperty("bench.ganesha.dir"), "file"));
          ForeignServer foreign = new ForeignServer(ganesha);
          try (NfsClient other = foreign.connect()) {
            Contender theirs =
                Proven.by(
                    foreign,
                    counted -> counted.isAtLeast(ForeignServer.SENT, STREAM_BYTES),
                    NfsWork.read(other, NfsPath.of("/export/file")));
            row("streaming READ / nfs-ganesha", ours, theirs, 1.2, "MB/s", 1e6);
          }
        }
        served.printMemory();
      }
    }
  }

  private void write() throws IOException, InterruptedException {
    RawStreams raw = raw();
    try (Served served = Served.in(memory());
        ChildProcess reference = raw.storeServer(served.folder().resolve("raw"));
        NfsClient client = served.connect()) {
      row(
          "streaming WRITE / send→recv+pwrite",
          Proven.by(
              served,
              Claims.written(STREAM_BYTES),
              NfsWork.write(client, NfsPath.of("/file"), STREAM_BYTES)),
          raw.send(reference, STREAM_BYTES),
          0.6,
          "MB/s",
          1e6);
      served.printMemory();
    }
  }

  private void getattr() throws IOException, InterruptedException {
    String ganesha = System.getProperty("bench.ganesha");
    if (ganesha == null) {
      return;
    }
    Files.writeString(Path.of(System.getProperty("bench.ganesha.dir"), "one"), "x");
    ForeignServer foreign = new ForeignServer(ganesha);
    try (Served served = Served.in(memory());
        NfsClient client = served.connect();
        NfsClient other = foreign.connect()) {
      Files.writeString(served.folder().resolve("file"), "x");
      row(
          "GETATTR, 64 outstanding / nfs-ganesha",
          Proven.by(
              served,
              Claims.operations("GETATTR", CALLS),
              NfsWork.getattr(client, NfsPath.of("/file"), CALLS)),
          Proven.by(
              foreign,
              counted -> {
                counted.isAtLeast(ForeignServer.RECEIVED, CALLS * GETATTR_CALL_BYTES_MIN);
                counted.isAtLeast(ForeignServer.SENT, CALLS * GETATTR_REPLY_BYTES_MIN);
              },
              NfsWork.getattr(other, NfsPath.of("/export/one"), CALLS)),
          2.0,
          "k/s",
          1e3);
      served.printMemory();
    }
  }

  private void copy() throws IOException, InterruptedException {
    try (Served served = Served.in(disk());
        NfsClient client = served.connect()) {
      Path file = served.randomFile("file", 1L << 30);
      row(
          "COPY of 1 GiB / transferTo",
          Proven.by(
              served,
              Claims.moved(1L << 30),
              NfsWork.copy(client, NfsPath.of("/file"), NfsPath.of("/copy"))),
          LocalCopy.transferTo(file, served.folder().resolve("local")),
          0.95,
          "MB/s",
          1e6);
      served.printMemory();
    }
  }

  /**
   * Compares an asynchronous copy with cp(1) and sync(1). Both end when the copy is on the disk.
   */
  private void offload() throws IOException, InterruptedException {
    try (Served served = Served.in(disk());
        NfsClient client = served.connect()) {
      Path file = served.randomFile("file", OFFLOAD_BYTES);
      Path local = served.folder().resolve("local");
      Contender ours =
          Proven.by(
              served,
              Claims.moved(OFFLOAD_BYTES),
              NfsWork.offload(client, NfsPath.of("/file"), NfsPath.of("/copy")));
      row(
          "asynchronous COPY of 4 GiB / cp + sync",
          ours,
          LocalCopy.cp(file, local, true),
          0.95,
          "MB/s",
          1e6);
      row(
          "  the same / cp alone, which is not durable",
          ours,
          LocalCopy.cp(file, local, false),
          0,
          "MB/s",
          1e6);
      served.printMemory();
    }
    reflink("4 GiB", OFFLOAD_BYTES, 20);
  }

  private void reflink(String size, long bytes, double goalMilliseconds)
      throws IOException, InterruptedException {
    String xfs = System.getProperty("bench.xfs");
    if (xfs == null) {
      return;
    }
    try (Served served = Served.in(Path.of(xfs));
        NfsClient client = served.connect()) {
      served.randomFile("file", bytes);
      Contender copy =
          Proven.by(
              served,
              Claims.shared(bytes),
              NfsWork.copyOpen(client, NfsPath.of("/file"), NfsPath.of("/copy")));
      Contender milliseconds = () -> bytes / copy.round() * 1e3;
      Contender goal = () -> goalMilliseconds;
      Interleaved.Result result = Interleaved.run(milliseconds, goal, ROUNDS);
      System.out.printf(
          Locale.ROOT,
          "%-48s %9.2f ms %12s %8s %15s %5.0f ms%n",
          "COPY of " + size + " on XFS with reflink",
          result.candidate(),
          "",
          "",
          "",
          goalMilliseconds);
      if (result.candidate() >= goalMilliseconds) {
        table.misses().add("COPY of " + size + " on XFS with reflink");
      }
      served.printMemory();
    }
  }

  private void load() throws IOException, InterruptedException {
    try (Served served = Served.in(memory())) {
      table.misses().addAll(CopyLoad.run(served));
    }
  }

  private void latency() throws IOException, InterruptedException {
    table.misses().addAll(CopyLatency.run(disk(), "disk", ROUNDS));
    table.misses().addAll(CopyLatency.run(memory(), "memory", ROUNDS));
  }

  private void inter() throws IOException, InterruptedException {
    RawStreams raw = raw();
    BetweenServers.inMemory(memory(), raw, ROUNDS, table);
    BetweenServers.onDisk(disk(), raw, ROUNDS, table);
  }

  private void small() throws IOException, InterruptedException {
    SmallFiles.run(memory(), "memory", ROUNDS, table);
    SmallFiles.run(disk(), "disk", ROUNDS, table);
  }

  private void splice() throws IOException, InterruptedException {
    RawStreams raw = raw();
    BetweenServers.splice(memory(), "memory", raw, ROUNDS, table);
    BetweenServers.splice(disk(), "disk", raw, ROUNDS, table);
  }

  private void row(
      String title, Contender ours, Contender theirs, double goal, String unit, double scale)
      throws IOException, InterruptedException {
    table.row(title, Interleaved.run(ours, theirs, ROUNDS), goal, new Table.Unit(unit, scale));
  }

  private RawStreams raw() throws IOException, InterruptedException {
    return RawStreams.compile(
        root.resolve("bench/reference/raw.c"), root.resolve("bench/target/reference"));
  }

  /** Returns the directory in memory, where the disk does not affect the result. */
  private static Path memory() {
    return Path.of(System.getProperty("bench.memory"));
  }

  private static Path disk() {
    return Path.of(System.getProperty("bench.disk"));
  }
}
