package io.ferrynfs.storage.linux.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.Quota;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** The decoding of the kernel's quota structure. The interop tests cover a kernel with quotas. */
class QuotaCallsTest {
  private static final int ALL_VALID = 0x3f;
  private static final long NOW = 1000;

  /** Returns the account of a struct if_dqblk, whose limits are in units of 1024 bytes. */
  private static Quota.Account account(
      long hard, long soft, long usedBytes, long graceEndSeconds, int valid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(QuotaCalls.BLOCK_BYTES, 8);
      long[] numbers = {hard, soft, usedBytes, 11, 12, 13, graceEndSeconds, 14};
      for (int i = 0; i < numbers.length; i++) {
        block.setAtIndex(ValueLayout.JAVA_LONG, i, numbers[i]);
      }
      block.set(ValueLayout.JAVA_INT, 64, valid);
      return QuotaCalls.account(block, NOW);
    }
  }

  @Test
  void limitsAreInKibibytesAndUsageIsInBytes() {
    assertThat(account(20, 10, 4096, 0, ALL_VALID))
        .isEqualTo(new Quota.Account(4096, 10 << 10, 20 << 10));
  }

  @Test
  void afterTheGracePeriodTheUsageIsTheHardLimit() {
    Quota.Account over = new Quota.Account(15 << 10, 10 << 10, 10 << 10);
    Quota.Account not = new Quota.Account(15 << 10, 10 << 10, 20 << 10);
    assertThat(account(20, 10, 15 << 10, NOW, ALL_VALID)).isEqualTo(over);
    assertThat(account(20, 10, 15 << 10, NOW + 1, ALL_VALID)).isEqualTo(not);
    assertThat(account(20, 10, 15 << 10, 0, ALL_VALID)).isEqualTo(not);
    assertThat(account(20, 10, 10 << 10, 1, ALL_VALID))
        .as("no longer over the limit")
        .isEqualTo(new Quota.Account(10 << 10, 10 << 10, 20 << 10));
  }

  @Test
  void invalidValuesAreNoLimits() {
    assertThat(account(20, 10, 4096, 1, 0)).isEqualTo(new Quota.Account(0, 0, 0));
    assertThat(account(-1, -1, -1, -1, ALL_VALID)).isEqualTo(new Quota.Account(0, 0, 0));
    assertThat(account(Long.MAX_VALUE, 1L << 54, 0, 0, ALL_VALID))
        .isEqualTo(new Quota.Account(0, Long.MAX_VALUE - 1023, Long.MAX_VALUE - 1023));
  }
}
