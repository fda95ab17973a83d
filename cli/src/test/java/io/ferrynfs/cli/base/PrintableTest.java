package io.ferrynfs.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PrintableTest {
  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void byteTextIsLossless() {
    for (String hex :
        new String[] {"", "61", "636166e8", "c3a9ff", "eda080", "f0908d", "80", "5c"}) {
      byte[] name = bytes(hex);
      assertThat(ByteText.bytes(ByteText.of(name))).as(hex).isEqualTo(name);
    }
    assertThat(ByteText.of(bytes("636166e8"))).isNotEqualTo(ByteText.of(bytes("636166e9")));
    assertThat(ByteText.isUtf8(bytes("c3a9"))).isTrue();
    assertThat(ByteText.isUtf8(bytes("e9"))).isFalse();
  }

  @Test
  void escapedNamesAreUnambiguous() {
    assertThat(Printable.name("plain é 漢")).isEqualTo("plain é 漢");
    assertThat(Printable.name("\u001b[2J\n")).isEqualTo("\\x1b[2J\\x0a");
    assertThat(Printable.name("\\x1b")).as("a backslash is no escape").isEqualTo("\\\\x1b");
    assertThat(Printable.name(bytes("636166e8"))).isEqualTo("caf\\xe8");
    assertThat(Printable.name("caf\\xe8")).isEqualTo("caf\\\\xe8");
    assertThat(Printable.name("\u0085")).as("two bytes, not one").isEqualTo("\\u{85}");
  }

  @Test
  void invisibleAndReorderingCharactersAreEscaped() {
    assertThat(Printable.name("a\u202etxt.exe\u202c")).isEqualTo("a\\u{202e}txt.exe\\u{202c}");
    assertThat(Printable.name("\u2066\u200b\u2028\ufeff\u061c"))
        .isEqualTo("\\u{2066}\\u{200b}\\u{2028}\\u{feff}\\u{61c}");
    assertThat(Printable.line("C:\\ \u202e")).as("a whole line").isEqualTo("C:\\ \\u{202e}");
  }
}
