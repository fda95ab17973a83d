package io.ferrynfs.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.LockLimits;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges that are split, merged and in conflict: RFC 8881 sections 9.2, 9.3 and 9.5. */
class FileLocksTest {
  private static final long CLIENT = 1;

  /** The number of bytes in the model. */
  private static final int BYTES = 64;

  private final ClientCount count = new ClientCount(100_000);
  private final FileLocks locks =
      new FileLocks(
          new ManualEnv().random(),
          count,
          new LockWaiters(LockLimits.defaults(), 1, new ClientCount(1)));
  private final FileState file = new FileState(new FileKey(1, handle()));
  private final List<LockState> states = new ArrayList<>();

  private static Handle handle() {
    try {
      return Handle.of(new byte[] {1});
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  private LockState state(String owner) {
    OwnerKey opener = new OwnerKey(CLIENT, Opaque.ofUtf8("open " + states.size()));
    LockState state =
        new LockState(
            new OpenState(opener, file, Opaque.EMPTY),
            new OwnerKey(CLIENT, Opaque.ofUtf8(owner)),
            locks,
            Opaque.EMPTY,
            states.size());
    states.add(state);
    locks.add(state);
    return state;
  }

  private static ByteRange range(long first, long last) {
    return new ByteRange(first, last);
  }

  private void lock(LockState state, boolean exclusive, long first, long last) {
    change(state, locks.locking(state, range(first, last), exclusive));
  }

  private void unlock(LockState state, long first, long last) {
    change(state, locks.unlocking(state.owner(), range(first, last)));
  }

  private void change(LockState state, LockChange change) {
    if (change.growth() > 0) {
      assertThat(count.add(state.clientid(), change.growth())).isTrue();
    }
    locks.apply(change);
  }

  private List<ByteRange> rangesOf(LockState owner) {
    List<ByteRange> ranges = new ArrayList<>();
    OwnerKey otherOwner = new OwnerKey(2, Opaque.EMPTY);
    ByteRange rest = range(0, ByteRange.END);
    while (true) {
      LockedRange next = locks.conflict(otherOwner, rest, true);
      if (next == null) {
        return ranges;
      }
      assertThat(next.holder()).isEqualTo(owner);
      ranges.add(next.range());
      if (next.range().last() == ByteRange.END) {
        return ranges;
      }
      rest = range(next.range().last() + 1, ByteRange.END);
    }
  }

  @Test
  void adjacentRangesOfTheSameTypeAreMerged() { // RFC 8881 section 9.3
    LockState state = state("a");
    lock(state, true, 0, 9);
    lock(state, true, 20, 29);
    assertThat(rangesOf(state)).containsExactly(range(0, 9), range(20, 29));
    lock(state, true, 10, 19);
    assertThat(rangesOf(state)).containsExactly(range(0, 29));
    assertThat(locks.size()).isEqualTo(1);
  }

  @Test
  void rangeIsSplitByUnlockingItsMiddleOrChangingItsType() { // RFC 8881 section 9.3
    LockState state = state("a");
    lock(state, true, 0, ByteRange.END);
    unlock(state, 10, 19);
    assertThat(rangesOf(state)).containsExactly(range(0, 9), range(20, ByteRange.END));
    lock(state, false, 30, 39);
    assertThat(rangesOf(state))
        .containsExactly(range(0, 9), range(20, 29), range(30, 39), range(40, ByteRange.END));
    assertThat(count.total()).isEqualTo(4);
  }

  @Test
  void removedStateidReleasesOnlyItsOwnRanges() { // RFC 8881 section 9.5
    LockState first = state("a");
    LockState second = state("a");
    lock(first, true, 0, 99);
    lock(second, true, 50, 59);
    assertThat(first.ranges()).isEqualTo(2);
    locks.remove(first);
    assertThat(rangesOf(second)).containsExactly(range(50, 59));
    unlock(second, 0, ByteRange.END);
    assertThat(locks.size() + count.total()).isZero();
  }

  @Test
  void emptyRangeAndRangeBeyondTheLastOffsetAreInvalid()
      throws NfsStatusException { // RFC 8881 section 18.10.3
    assertThat(ByteRange.of(5, 1)).isEqualTo(range(5, 5));
    assertThat(ByteRange.of(5, -1)).isEqualTo(range(5, -1));
    assertThat(ByteRange.of(5, -6)).isEqualTo(range(5, -2));
    assertThat(ByteRange.of(-1, -1)).isEqualTo(range(-1, -1));
    for (long[] bad : new long[][] {{0, 0}, {-1, 0}, {5, -5}, {-1, 1}, {2, -2}}) {
      assertThat(statusOf(bad[0], bad[1])).isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    }
  }

  private static Nfsstat4 statusOf(long offset, long length) {
    try {
      ByteRange.of(offset, length);
      return Nfsstat4.NFS4_OK;
    } catch (NfsStatusException failed) {
      return failed.status();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomLocksAgreeWithAModelOfSingleBytes(long seed) { // RFC 8881 sections 9.2, 9.3, 9.5
    Random random = new Random(seed);
    // The first possible bytes, or the last.
    long base = seed % 2 == 0 ? 0 : -BYTES;
    for (String owner : List.of("a", "a", "b", "c", "d")) {
      state(owner);
    }
    // One value for each owner and byte: 0, or twice the number of the stateid that locked it, plus
    // 1 if exclusive.
    int[][] model = new int[4][BYTES];
    for (int step = 0; step < 3000; step++) {
      int number = random.nextInt(states.size());
      LockState state = states.get(number);
      int[] own = model[Math.max(0, number - 1)];
      int from = random.nextInt(BYTES);
      int to = from + random.nextInt(Math.min(BYTES - from, 1 + random.nextInt(BYTES)));
      boolean exclusive = random.nextInt(3) == 0;
      ByteRange range = range(base + from, base + to);
      if (random.nextInt(3) == 0) {
        unlock(state, range.first(), range.last());
        Arrays.fill(own, from, to + 1, 0);
      } else {
        long expected = firstConflict(model, own, from, to, exclusive);
        LockedRange conflict = locks.conflict(state.owner(), range, exclusive);
        assertThat(conflict == null).as("step %s", step).isEqualTo(expected < 0);
        if (conflict == null) {
          lock(state, exclusive, range.first(), range.last());
          Arrays.fill(own, from, to + 1, 2 * (number + 1) + (exclusive ? 1 : 0));
        } else {
          assertThat(conflict.range().overlaps(range)).isTrue();
        }
      }
      assertThat(locks.size()).as("step %s", step).isEqualTo(runs(model));
      assertThat(count.total()).isEqualTo(locks.size());
    }
    assertBytes(model, base);
  }

  @SuppressWarnings("ReferenceEquality")
  private static long firstConflict(int[][] model, int[] own, int from, int to, boolean exclusive) {
    for (int cell = from; cell <= to; cell++) {
      for (int[] other : model) {
        if (other != own && other[cell] != 0 && (exclusive || other[cell] % 2 == 1)) {
          return cell;
        }
      }
    }
    return -1;
  }

  /** Returns the expected number of ranges. */
  private static int runs(int[][] model) {
    int runs = 0;
    for (int[] owner : model) {
      for (int cell = 0; cell < BYTES; cell++) {
        boolean begins = cell == 0 || owner[cell - 1] != owner[cell];
        runs += owner[cell] != 0 && begins ? 1 : 0;
      }
    }
    return runs;
  }

  private void assertBytes(int[][] model, long base) {
    for (int cell = 0; cell < BYTES; cell++) {
      ByteRange one = range(base + cell, base + cell);
      for (int owner = 0; owner < model.length; owner++) {
        OwnerKey requester = states.get(owner + 1).owner();
        boolean others = firstConflict(model, model[owner], cell, cell, true) >= 0;
        assertThat(locks.conflict(requester, one, true) != null).isEqualTo(others);
      }
    }
  }
}
