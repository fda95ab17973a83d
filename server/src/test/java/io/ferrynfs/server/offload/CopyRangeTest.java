package io.ferrynfs.server.offload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Copy4Args;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CopyRangeTest {
  private static final long SIZE = 1000;

  @Test
  void rangeWithinTheSourceIsCopiedAsRequested() throws NfsStatusException {
    assertThat(range(100, 7, 200, false)).isEqualTo(new CopyRange(100, 7, 200));
    assertThat(range(100, 7, 200, true)).isEqualTo(new CopyRange(100, 7, 200));
  }

  // C-008
  @Test
  void countOfZeroCopiesToTheEnd() throws NfsStatusException {
    assertThat(range(100, 0, 0, false)).isEqualTo(new CopyRange(100, 0, 900));
    assertThat(range(100, 0, 0, true)).isEqualTo(new CopyRange(100, 0, 900));
  }

  // C-009
  @Test
  void countOfZeroAtTheEndCopiesNothing() throws NfsStatusException {
    assertThat(range(SIZE, 5, 0, false)).isEqualTo(new CopyRange(SIZE, 5, 0));
    assertThat(range(SIZE, 5, 0, true)).isEqualTo(new CopyRange(SIZE, 5, 0));
  }

  // C-006
  @Test
  void offsetBeyondTheEndCopiesNothingOrIsInvalidByTheStrictRules() throws NfsStatusException {
    assertThat(range(SIZE + 1, 5, 10, false)).isEqualTo(new CopyRange(SIZE + 1, 5, 0));
    assertInvalid(() -> range(SIZE + 1, 5, 10, true));
    assertInvalid(() -> range(SIZE + 1, 5, 0, true));
    assertInvalid(() -> range(Long.MIN_VALUE, 5, 0, true));
  }

  // C-007
  @Test
  void countBeyondTheEndIsCutOrInvalidByTheStrictRules() throws NfsStatusException {
    assertThat(range(100, 7, Long.MAX_VALUE, false)).isEqualTo(new CopyRange(100, 7, 900));
    assertInvalid(() -> range(100, 7, 901, true));
  }

  // C-010
  @Test
  void overflowingRangeIsInvalid() {
    assertInvalid(() -> range(100, 0, -1, false));
    assertInvalid(() -> range(100, 0, -1, true));
    assertInvalid(() -> range(-1, 0, 2, false));
  }

  // C-010
  @Test
  void targetBeyondTheMaximumFileSizeReturnsFbig() {
    assertThatThrownBy(() -> range(0, Long.MAX_VALUE - 10, 100, false))
        .isInstanceOf(NfsStatusException.class)
        .hasMessage("NFS4ERR_FBIG");
    assertThatThrownBy(() -> range(0, -1, 0, true)).hasMessage("NFS4ERR_FBIG");
  }

  // C-004, B44
  @Test
  void copyWithinOneFileFailsForOverlappingRangesAndByTheStrictRules() throws NfsStatusException {
    assertThat(CopyRange.of(args(0, 500, 500), SIZE, true, false))
        .isEqualTo(new CopyRange(0, 500, 500));
    assertThat(CopyRange.of(args(500, 0, 500), SIZE, true, false))
        .isEqualTo(new CopyRange(500, 0, 500));
    assertInvalid(() -> CopyRange.of(args(0, 499, 500), SIZE, true, false));
    assertInvalid(() -> CopyRange.of(args(499, 0, 500), SIZE, true, false));
    assertInvalid(() -> CopyRange.of(args(0, 500, 500), SIZE, true, true));
  }

  // K-035, B21
  @Test
  void offsetsAndCountsBeyondFourGibibytesAreKept() throws NfsStatusException {
    long size = 1L << 40;
    assertThat(CopyRange.of(args(1L << 33, 1L << 34, 1L << 35), size, false, true))
        .isEqualTo(new CopyRange(1L << 33, 1L << 34, 1L << 35));
  }

  private static CopyRange range(long from, long to, long count, boolean strict)
      throws NfsStatusException {
    return CopyRange.of(args(from, to, count), SIZE, false, strict);
  }

  private static Copy4Args args(long from, long to, long count) {
    return new Copy4Args(
        Stateids.ANONYMOUS, Stateids.ANONYMOUS, from, to, count, true, true, List.of());
  }

  private static void assertInvalid(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(NfsStatusException.class).hasMessage("NFS4ERR_INVAL");
  }
}
