package io.ferrynfs.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class NfsPathTest {

  @Test
  void pathCannotLeaveTheRoot() {
    assertThat(NfsPath.of("../../a/../..")).isEqualTo(NfsPath.ROOT);
    assertThat(NfsPath.of("/a").resolve("../../b")).isEqualTo(NfsPath.of("/b"));
  }

  @Test
  void namesAreBytes() {
    NfsPath path = NfsPath.ofBytes(new byte[] {'/', 'a', '/', (byte) 0xFF});
    assertThat(path.nameBytes()).containsExactly(0xFF);
    assertThat(path.depth()).isEqualTo(2);
    assertThat(path.parent()).isEqualTo(NfsPath.of("/a"));
    assertThat(path.name()).isEqualTo("\uFFFD");
  }

  @Test
  void nameHasALimitedLengthAndNoNul() {
    assertThatIllegalArgumentException().isThrownBy(() -> NfsPath.of("/a\0b"));
    assertThatIllegalArgumentException().isThrownBy(() -> NfsPath.of("x".repeat(1025)));
  }

  @Test
  void pathsSortByBytesAndDirectoriesBeforeTheirEntries() {
    List<NfsPath> sorted =
        List.of(NfsPath.of("/b"), NfsPath.of("/a/z"), NfsPath.of("/a"), NfsPath.ROOT).stream()
            .sorted()
            .toList();
    assertThat(sorted).map(NfsPath::toString).containsExactly("/", "/a", "/a/z", "/b");
  }

  @Test
  void pathBelowAnotherStartsWithIt() {
    assertThat(NfsPath.of("/a/b").startsWith(NfsPath.of("/a"))).isTrue();
    assertThat(NfsPath.of("/ab").startsWith(NfsPath.of("/a"))).isFalse();
    assertThat(NfsPath.of("/a").startsWith(NfsPath.ROOT)).isTrue();
  }
}
