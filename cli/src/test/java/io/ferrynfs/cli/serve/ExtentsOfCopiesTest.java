package io.ferrynfs.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab;
import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.admin.AdminFolder;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.place.LocalPlace;
import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.ExportRule;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.server.Squash;
import io.ferrynfs.storage.linux.LocalFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file with 64 blocks of 4 KiB, one per 8 MiB. Each copy by a server must have as many extents:
 * between two directories on disk and in memory, inside a server and between two.
 */
class ExtentsOfCopiesTest {
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 64;
  private static final long DISTANCE = 8L << 20;
  private static final long SIZE = BLOCKS * DISTANCE;

  private final List<RunningServer> servers = new ArrayList<>();
  private Path disk;
  private Path memory;
  private Path source;

  @BeforeEach
  void make(@TempDir Path folder) throws IOException {
    disk = folder;
    memory = Files.createTempDirectory(Path.of("/dev/shm"), "ferry-extents");
    source = disk.resolve("source");
    byte[] block = new byte[BLOCK];
    Random random = new Random(9);
    try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
      file.setLength(SIZE);
      for (int i = 0; i < BLOCKS; i++) {
        random.nextBytes(block);
        file.seek(i * DISTANCE);
        file.write(block);
      }
    }
  }

  @AfterEach
  void stop() throws IOException {
    for (RunningServer server : servers) {
      server.close();
    }
    try (Stream<Path> paths = Files.walk(memory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Starts a server with two directories on each file system. Returns its URL. */
  private String serve(String name) throws IOException {
    List<ServedDirectory> exports = new ArrayList<>();
    for (Path where : List.of(disk, memory)) {
      for (String which : List.of("1", "2")) {
        String export = (where.equals(disk) ? "disk" : "memory") + which;
        exports.add(
            new ServedDirectory(
                "/" + export,
                Files.createDirectories(where.resolve(name).resolve(export)),
                List.of(ExportRule.everybody(Squash.NONE)),
                CopySourcePolicy.ANYBODY));
      }
    }
    RunningServer server =
        RunningServer.start(
            new RunningServer.Settings(
                exports,
                ListenAddress.parse("127.0.0.1:0"),
                new StateFolder(disk.resolve(name + ".state")),
                ServerLimits.defaults(),
                ServerOptions.defaults(),
                AdminFolder.forServer(disk.resolve("admin"))));
    servers.add(server);
    return "nfs://" + ListenAddress.text(server.address());
  }

  private Path file(String server, String export, String name) {
    Path where = export.startsWith("disk") ? disk : memory;
    return where.resolve(server).resolve(export).resolve(name);
  }

  private static long dataBytes(Path path) throws IOException {
    long bytes = 0;
    try (LocalPlace place = LocalPlace.of(path.toString().getBytes(StandardCharsets.UTF_8));
        LocalFile file = place.open(true)) {
      assertThat(file.stat().sizeBytes()).isEqualTo(SIZE);
      for (long at = file.nextData(0, SIZE); at < SIZE; at = file.nextData(at, SIZE)) {
        long end = file.nextHole(at, SIZE);
        bytes += end - at;
        at = end;
      }
    }
    return bytes;
  }

  private void expectCopy(Path copy) throws IOException {
    assertThat(dataBytes(copy)).as(copy.toString()).isEqualTo((long) BLOCKS * BLOCK);
    try (RandomAccessFile one = new RandomAccessFile(source.toFile(), "r");
        RandomAccessFile other = new RandomAccessFile(copy.toFile(), "r")) {
      for (int i = 0; i < BLOCKS; i++) {
        assertThat(block(other, i)).isEqualTo(block(one, i));
      }
    }
  }

  private static ByteBuffer block(RandomAccessFile file, int number) throws IOException {
    byte[] bytes = new byte[BLOCK];
    file.seek(number * DISTANCE);
    file.readFully(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private static void copy(String from, String to) {
    Result result = CommandLab.run("cp", "--require-offload", from, to);
    assertThat(result.err()).isEmpty();
    assertThat(result.exit()).isEqualTo(ExitCode.OK);
  }

  // P-008
  @Test
  void everyCopyHasTheExtentsOfItsSource() throws IOException {
    String a = serve("a");
    String b = serve("b");
    assertThat(dataBytes(source)).isEqualTo((long) BLOCKS * BLOCK);
    assertThat(CommandLab.run("cp", source.toString(), a + "/disk1/f").exit())
        .isEqualTo(ExitCode.OK);
    expectCopy(file("a", "disk1", "f"));
    copy(a + "/disk1/f", a + "/memory1/f");
    expectCopy(file("a", "memory1", "f"));
    for (String from : List.of("disk1", "memory1")) {
      for (String to : List.of("disk1", "disk2", "memory1", "memory2")) {
        String name = "from-" + from;
        copy(a + "/" + from + "/f", a + "/" + to + "/" + name);
        expectCopy(file("a", to, name));
      }
      for (String to : List.of("disk1", "memory1")) {
        String name = "across-from-" + from;
        copy(a + "/" + from + "/f", b + "/" + to + "/" + name);
        expectCopy(file("b", to, name));
      }
    }
  }
}
