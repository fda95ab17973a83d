package io.ferrynfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.place.LocalPlace;
import io.ferrynfs.storage.linux.LocalFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of 1 GiB with three islands of data, copied by every method of {@code ferry cp}. */
class SparseCopiesTest {
  private static final long SIZE = 1L << 30;
  private static final int ISLAND_BYTES = 300_000;
  private static final int BLOCK_BYTES = 4096;
  private static final long[] ISLANDS = {0, 400L << 20, (800L << 20) + 12_345};

  private CommandLab lab;
  private String server;
  private Path source;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    lab = new CommandLab(folder);
    server = lab.serve("a");
    source = lab.path("source");
    byte[] island = new byte[ISLAND_BYTES];
    Random random = new Random(3);
    try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
      file.setLength(SIZE);
      for (long at : ISLANDS) {
        random.nextBytes(island);
        file.seek(at);
        file.write(island);
      }
    }
  }

  @AfterEach
  void stop() throws IOException {
    lab.close();
  }

  /**
   * The content of a file.
   *
   * @param sizeBytes the length
   * @param blocks the hashes of the blocks that are not all zeros
   */
  private record Content(long sizeBytes, Map<Long, Integer> blocks) {}

  /** Returns the content of a file, and checks that nearly all of it is holes. */
  private static Content sparse(Path path) throws IOException {
    Map<Long, Integer> blocks = new TreeMap<>();
    long dataBytes = 0;
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    try (LocalPlace place = LocalPlace.of(name);
        LocalFile file = place.open(true)) {
      for (long at = file.nextData(0, SIZE); at < SIZE; at = file.nextData(at, SIZE)) {
        long end = file.nextHole(at, SIZE);
        dataBytes += end - at;
        for (; at < end; at += BLOCK_BYTES) {
          byte[] block = new byte[BLOCK_BYTES];
          file.read(ByteBuffer.wrap(block), at);
          if (!java.util.Arrays.equals(block, new byte[BLOCK_BYTES])) {
            blocks.put(at, java.util.Arrays.hashCode(block));
          }
        }
      }
      assertThat(dataBytes).as("data of " + path).isLessThan(4L * ISLAND_BYTES);
      return new Content(file.stat().sizeBytes(), blocks);
    }
  }

  private static void copy(String... arguments) {
    List<String> words = new ArrayList<>(List.of("cp"));
    words.addAll(List.of(arguments));
    Result result = CommandLab.run(words.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    assertThat(result.exit()).isEqualTo(ExitCode.OK);
  }

  // P-008
  @Test
  void everyMethodPreservesHoles() throws IOException {
    Content content = sparse(source);
    assertThat(content.blocks().keySet()).hasSize(3 * 74);
    String other = lab.serve("b");
    copy(source.toString(), server + "/sent");
    copy("--require-offload", server + "/sent", server + "/offloaded");
    copy("--stream", server + "/sent", server + "/streamed");
    copy(server + "/sent", other + "/across");
    copy(other + "/across", lab.path("fetched").toString());
    copy(source.toString(), lab.path("local").toString());
    for (String name :
        List.of("a/sent", "a/offloaded", "a/streamed", "b/across", "fetched", "local")) {
      assertThat(sparse(lab.path(name))).as(name).isEqualTo(content);
    }
  }

  // P-008: old data disappears where the source has holes
  @Test
  void copyOverADenseFileHasTheHolesOfTheSource() throws IOException {
    byte[] old = new byte[8 << 20];
    new Random(4).nextBytes(old);
    Files.write(lab.path("a/target"), old);
    Files.write(lab.path("local"), old);
    copy(source.toString(), server + "/target");
    copy(source.toString(), lab.path("local").toString());
    assertThat(sparse(lab.path("a/target"))).isEqualTo(sparse(source));
    assertThat(sparse(lab.path("local"))).isEqualTo(sparse(source));
  }
}
