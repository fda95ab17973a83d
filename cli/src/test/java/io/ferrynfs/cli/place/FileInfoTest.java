package io.ferrynfs.cli.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class FileInfoTest {
  private static String text(FileKind kind, int mode) {
    return new FileInfo(
            kind, mode, 1, "0", "0", 0, 0, 1, 1, false, 0, 0, Instant.EPOCH, Instant.EPOCH)
        .modeText();
  }

  @Test
  void modeTextMatchesLs() {
    assertThat(text(FileKind.REGULAR, 0644)).isEqualTo("-rw-r--r--");
    assertThat(text(FileKind.DIRECTORY, 01777)).isEqualTo("drwxrwxrwt");
    assertThat(text(FileKind.REGULAR, 04711)).isEqualTo("-rws--x--x");
    assertThat(text(FileKind.REGULAR, 06644)).isEqualTo("-rwSr-Sr--");
    assertThat(text(FileKind.SYMLINK, 0777)).isEqualTo("lrwxrwxrwx");
  }
}
