package io.ferrynfs.bench.compare;

import io.ferrynfs.cli.admin.AdminClient;
import io.ferrynfs.cli.admin.AdminFolder;
import io.ferrynfs.cli.admin.AdminLookup;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsUrl;
import io.ferrynfs.rpc.env.SystemEnv;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SortedMap;

/**
 * A temporary directory with a Ferry server in a separate process, started by the launcher of the
 * distribution. Closing it ends the server and removes the directory.
 */
final class Served implements AutoCloseable, Counted {
  private final Path folder;
  private final Path log;
  private final ChildProcess server;

  private Served(Path folder, Path log, ChildProcess server) {
    this.folder = folder;
    this.log = log;
    this.server = server;
  }

  /** Starts a server of a new directory in {@code place}. */
  static Served in(Path place) throws IOException {
    return in(place, List.of());
  }

  /**
   * Starts a server of a new directory in {@code place}, with further options of {@code ferry
   * serve}.
   */
  static Served in(Path place, List<String> options) throws IOException {
    Path folder = temporaryFolder(place);
    Path log = Path.of(folder + ".log");
    try {
      return new Served(folder, log, start(folder, log, options));
    } catch (IOException e) {
      System.err.print(Files.exists(log) ? Files.readString(log) : "");
      delete(folder);
      throw e;
    }
  }

  private static ChildProcess start(Path folder, Path log, List<String> options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(launcher(), "serve", folder.toString()));
    command.addAll(List.of("--listen", "127.0.0.1:0", "--state", folder + ".state"));
    command.addAll(options);
    return ChildProcess.start(command, "listening on ", log);
  }

  /** Returns the path of the command. */
  static String launcher() {
    return root().resolve("ferry").toString();
  }

  /** Returns the root directory of the project. */
  static Path root() {
    return Path.of(System.getProperty("ferry.root", "."));
  }

  /**
   * Creates a directory with a name by which {@code bench/run} finds it if this process is killed.
   */
  static Path temporaryFolder(Path place) throws IOException {
    return Files.createTempDirectory(place, System.getProperty("bench.prefix", "ferry-bench"));
  }

  Path folder() {
    return folder;
  }

  ChildProcess server() {
    return server;
  }

  /** Returns the server's log until now. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /** Returns the URL of a served object. */
  String url(String name) {
    return "nfs://" + server.ready() + "/" + name;
  }

  @Override
  public SortedMap<String, Long> counts() throws IOException {
    NfsUrl url = NfsUrl.parse(url(""));
    try (SystemEnv env = new SystemEnv();
        AdminClient admin = AdminLookup.connect(env, url, AdminFolder.known())) {
      return admin.counters().orElseThrow(() -> new IOException("the server has no counters"));
    }
  }

  NfsClient connect() throws IOException {
    return connect(server.ready());
  }

  static NfsClient connect(String hostAndPort) throws IOException {
    int colon = hostAndPort.lastIndexOf(':');
    return NfsClient.connect(
        hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
  }

  /** Creates a file without holes in the served directory, and syncs it. */
  Path randomFile(String name, long bytes) throws IOException {
    Path path = folder.resolve(name);
    byte[] block = new byte[(int) Math.min(1 << 20, bytes)];
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      Random random = new Random(1);
      for (long at = 0; at < bytes; at += block.length) {
        random.nextBytes(block);
        file.write(block, 0, (int) Math.min(block.length, bytes - at));
      }
      file.getFD().sync();
    }
    return path;
  }

  void printMemory() throws IOException {
    System.out.printf(
        Locale.ROOT,
        "%-48s %8.0f MiB%n",
        "  resident set of the server, at most (heap 256 MiB)",
        server.residentBytesMax() / 1048576.0);
  }

  @Override
  public void close() throws IOException {
    try {
      server.close();
      System.err.print(log());
    } finally {
      delete(folder);
    }
  }

  /** Removes a served directory and the state directory of the server. */
  private static void delete(Path folder) throws IOException {
    Files.deleteIfExists(Path.of(folder + ".log"));
    deleteTree(folder);
    deleteTree(Path.of(folder + ".state"));
  }

  /** Removes a file or a directory with its contents, if it exists. */
  static void deleteTree(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (var paths = Files.walk(tree)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
