package io.ferrynfs.storage.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The holes of local files. */
final class LocalFileTest {
  private static final int MIB = 1 << 20;

  private interface Use {
    void of(Path file) throws Exception;
  }

  private static void everywhere(Use use) throws Exception {
    for (String where : List.of("/tmp", "/dev/shm")) {
      Path file = Files.createTempFile(Path.of(where), "sparse ä", "");
      try {
        use.of(file);
      } finally {
        Files.deleteIfExists(file);
      }
    }
  }

  private static LocalFile opened(Path path) throws IOException {
    String text = path.toString();
    int slash = text.lastIndexOf('/');
    byte[] directory = text.substring(0, slash).getBytes(StandardCharsets.UTF_8);
    byte[] name = text.substring(slash + 1).getBytes(StandardCharsets.UTF_8);
    try (LocalDirectory held = LocalDirectory.open(directory)) {
      return held.entry(List.of(name), false).read(true);
    }
  }

  // P-008
  @Test
  void nextDataAndNextHoleFindTheBoundaries() throws Exception {
    everywhere(path -> {
      try (RandomAccessFile made = new RandomAccessFile(path.toFile(), "rw")) {
        made.setLength(10L * MIB);
        made.seek(2L * MIB);
        made.write(new byte[MIB]);
      }
      try (LocalFile file = opened(path)) {
        assertThat(file.nextData(0, 10L * MIB)).isEqualTo(2L * MIB);
        assertThat(file.nextHole(2L * MIB + 7, 10L * MIB)).isEqualTo(3L * MIB);
        assertThat(file.nextData(3L * MIB, 10L * MIB)).as("only a hole").isEqualTo(10L * MIB);
        assertThat(file.nextData(0, MIB)).as("no data before the end").isEqualTo(MIB);
        assertThat(file.nextHole(2L * MIB, 2L * MIB + 5)).isEqualTo(2L * MIB + 5);
        assertThat(file.nextData(20L * MIB, 30L * MIB)).as("beyond the end").isEqualTo(30L * MIB);
      }
    });
  }

  // P-008
  @Test
  void holesAreThoseOfTheOpenFileAfterARename() throws Exception {
    everywhere(path -> {
      Files.writeString(path, "kept");
      try (LocalFile file = opened(path)) {
        Files.delete(path);
        Files.createFile(path);
        ByteBuffer bytes = ByteBuffer.allocate(4);
        assertThat(file.read(bytes, 0)).isEqualTo(4);
        assertThat(new String(bytes.array(), StandardCharsets.UTF_8)).isEqualTo("kept");
        assertThat(file.nextData(0, 4)).isZero();
        assertThat(file.nextHole(0, 4)).isEqualTo(4);
      }
    });
  }

  @Test
  void openingAMissingFileFails() {
    assertThatThrownBy(() -> opened(Path.of("/tmp/no such file of ferry")))
        .isInstanceOf(FileSystemException.class);
  }
}
