package io.ferrynfs.cli.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.cli.base.ByteText;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NotationTest {
  @Test
  void urlsAcceptBytesThatAreNotUtf8() {
    String text = ByteText.of(new byte[] {'n', 'f', 's', ':', '/', '/', 'h', '/', (byte) 0xe8});
    assertThat(Objects.requireNonNull(Notation.url(text)).path().nameBytes())
        .isEqualTo(new byte[] {(byte) 0xe8});
  }

  @Test
  void otherNotationsGetAHint() {
    assertThatThrownBy(() -> Notation.url("nfs4://host/x")).hasMessageContaining("not nfs4://");
    assertThatThrownBy(() -> Notation.url("host:/path"))
        .hasMessageContaining("nfs://host/path")
        .hasMessageContaining("./host:/path");
    assertThatThrownBy(() -> Notation.url("")).hasMessageContaining("empty argument");
    assertThat(Notation.url("./host:/path")).isNull();
    assertThat(Notation.url("a:b")).isNull();
  }

  @Test
  void trailingDotsAreRecognizedInEveryNotation() {
    for (String text :
        new String[] {
          ".", "..", "a/.", "a/..", "a/../", "nfs://h/a/..", "nfs://h/a/.//", "nfs://h/a/%2e%2E"
        }) {
      assertThat(Notation.endsInDots(text)).as(text).isTrue();
    }
    for (String text : new String[] {"a", "a/b..", "nfs://h", "nfs://h/", "nfs://..", "/", "..."}) {
      assertThat(Notation.endsInDots(text)).as(text).isFalse();
    }
  }
}
