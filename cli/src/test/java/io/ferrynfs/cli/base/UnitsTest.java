package io.ferrynfs.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnitsTest {
  @Test
  void sizeHasThreeDigitsAndAUnit() {
    assertThat(Units.bytes(0)).isEqualTo("0 B");
    assertThat(Units.bytes(999)).isEqualTo("999 B");
    assertThat(Units.bytes(1000)).isEqualTo("0.98 KiB");
    assertThat(Units.bytes(1536)).isEqualTo("1.50 KiB");
    assertThat(Units.bytes(10L << 20)).isEqualTo("10.0 MiB");
    assertThat(Units.bytes(300L << 20)).isEqualTo("300 MiB");
    assertThat(Units.bytes(Long.MAX_VALUE)).isEqualTo("8.00 EiB");
  }

  @Test
  void rateWithoutTimeIsADash() {
    assertThat(Units.rate(1 << 20, 0)).isEqualTo("-");
    assertThat(Units.rate(1 << 20, 500_000_000)).isEqualTo("2.00 MiB/s");
  }

  @Test
  void durationIsShownAsSecondsOrAsAClock() {
    assertThat(Units.duration(420_000_000L)).isEqualTo("0.42 s");
    assertThat(Units.duration(42_000_000_000L)).isEqualTo("42.0 s");
    assertThat(Units.duration(187_000_000_000L)).isEqualTo("3:07");
    assertThat(Units.duration(3_753_000_000_000L)).isEqualTo("1:02:33");
  }
}
