package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Files with holes. Offsets are multiples of 64 KiB, which are block boundaries on all file
 * systems.
 */
abstract class HolesTheme extends Theme {
  private static final int UNIT = 64 * KIB;

  private OpenFile newFile() throws StorageException {
    return create(root(), "f").file();
  }

  @Test
  void aWriteBeyondTheEndLeavesAHoleThatReadsAsZeros() throws Exception {
    try (OpenFile file = newFile()) {
      write(file, 10L * UNIT, utf8("end"));
      assertThat(file.size()).isEqualTo(10 * UNIT + 3);
      assertThat(read(file, 0, 10 * UNIT)).isEqualTo(new byte[10 * UNIT]);
      assertThat(read(file, 10L * UNIT - 1, 10)).isEqualTo(utf8("\0end"));
    }
  }

  @Test
  void aHoleOccupiesNoSpace() throws Exception {
    try (OpenFile file = newFile()) {
      file.truncate(1L << 40);
      write(file, 1L << 39, utf8("middle"));
      assertThat(file.size()).isEqualTo(1L << 40);
      assertThat(read(file, (1L << 39) - 1, 8)).isEqualTo(utf8("\0middle\0"));
      if (has(Feature.HOLES)) {
        assertThat(file.attributes().spaceUsed()).isLessThan(1L << 24);
      }
    }
  }

  @Test
  void seekDataAndSeekHoleFindTheBoundaries() throws Exception {
    try (OpenFile file = newFile()) {
      write(file, 4L * UNIT, bytes(2 * UNIT, 1));
      write(file, 10L * UNIT, bytes(UNIT, 2));
      file.truncate(16L * UNIT);
      if (!has(Feature.HOLES)) {
        assertThat(file.seekData(0)).isZero();
        assertThat(file.seekHole(5)).isEqualTo(file.size());
        return;
      }
      assertThat(file.seekData(0)).isEqualTo(4L * UNIT);
      assertThat(file.seekHole(0)).isZero();
      assertThat(file.seekData(4L * UNIT + 7)).isEqualTo(4L * UNIT + 7);
      assertThat(file.seekHole(4L * UNIT + 7)).isEqualTo(6L * UNIT);
      assertThat(file.seekData(6L * UNIT)).isEqualTo(10L * UNIT);
      assertThat(file.seekHole(10L * UNIT)).isEqualTo(11L * UNIT);
      assertThat(file.seekData(11L * UNIT)).as("no data follows").isEqualTo(16L * UNIT);
      assertThat(file.seekHole(12L * UNIT + 1)).isEqualTo(12L * UNIT + 1);
    }
  }

  @Test
  void theEndOfAFileIsAHole() throws Exception {
    try (OpenFile file = newFile()) {
      write(file, 0, bytes(UNIT + 5, 1));
      assertThat(file.seekHole(0)).isEqualTo(UNIT + 5);
      assertThat(file.seekHole(UNIT)).isEqualTo(UNIT + 5);
      assertThat(file.seekData(UNIT + 4)).isEqualTo(UNIT + 4);
    }
  }

  @Test
  void aSeekAtOrBeyondTheEndFindsNoData() throws Exception {
    try (OpenFile file = newFile()) {
      assertStatus(Status.NO_DATA, () -> file.seekData(0));
      assertStatus(Status.NO_DATA, () -> file.seekHole(0));
      write(file, 0, utf8("12345"));
      assertStatus(Status.NO_DATA, () -> file.seekData(5));
      assertStatus(Status.NO_DATA, () -> file.seekHole(5));
      assertStatus(Status.NO_DATA, () -> file.seekData(Long.MAX_VALUE));
      assertStatus(Status.INVALID, () -> file.seekData(-1));
      assertStatus(Status.INVALID, () -> file.seekHole(-1));
    }
  }

  @Test
  void aPunchedRangeReadsAsZerosAndFreesItsSpace() throws Exception {
    byte[] content = bytes(8 * UNIT, 1);
    try (OpenFile file = newFile()) {
      write(file, 0, content);
      if (!has(Feature.HOLES)) {
        assertStatus(Status.NOT_SUPPORTED, () -> file.deallocate(UNIT, UNIT));
        assertThat(read(file, 0, content.length)).isEqualTo(content);
        return;
      }
      long before = file.attributes().spaceUsed();
      file.deallocate(2L * UNIT, 3L * UNIT);
      Arrays.fill(content, 2 * UNIT, 5 * UNIT, (byte) 0);
      assertThat(read(file, 0, content.length)).isEqualTo(content);
      assertThat(file.attributes().spaceUsed()).isLessThanOrEqualTo(before - 3L * UNIT);
      assertThat(file.seekHole(0)).isEqualTo(2L * UNIT);
      assertThat(file.seekData(2L * UNIT)).isEqualTo(5L * UNIT);
      assertThat(file.size()).isEqualTo(8L * UNIT);
    }
  }

  @Test
  void anyRangeCanBePunched() throws Exception {
    if (!has(Feature.HOLES)) {
      try (OpenFile file = newFile()) {
        assertStatus(Status.NOT_SUPPORTED, () -> file.deallocate(1, 1));
      }
      return;
    }
    int[][] ranges = {{1, 1}, {4095, 2}, {4096, 4096}, {100, 20_000}, {12_288, 1}, {49_000, 1_000}};
    for (int[] range : ranges) {
      byte[] content = bytes(50_000, range[0]);
      try (OpenFile file = newFile()) {
        write(file, 0, content);
        file.deallocate(range[0], range[1]);
        Arrays.fill(content, range[0], range[0] + range[1], (byte) 0);
        assertThat(read(file, 0, 60_000)).isEqualTo(content);
      }
      remove(root(), "f");
    }
  }

  @Test
  void punchingBeyondTheEndKeepsTheLength() throws Exception {
    try (OpenFile file = newFile()) {
      write(file, 0, bytes(2 * UNIT + 9, 1));
      if (!has(Feature.HOLES)) {
        assertStatus(Status.NOT_SUPPORTED, () -> file.deallocate(UNIT, UNIT));
        return;
      }
      file.deallocate(100L * UNIT, UNIT);
      file.deallocate(UNIT, 100L * UNIT);
      assertThat(file.size()).isEqualTo(2 * UNIT + 9);
      assertThat(read(file, UNIT, 10 * UNIT)).isEqualTo(new byte[UNIT + 9]);
      assertStatus(Status.INVALID, () -> file.deallocate(0, 0));
      assertStatus(Status.INVALID, () -> file.deallocate(-1, 1));
      assertStatus(Status.INVALID, () -> file.deallocate(0, -1));
    }
  }

  @Test
  void reservedSpaceReadsAsZerosAndPreservesData() throws Exception {
    try (OpenFile file = newFile()) {
      write(file, UNIT, utf8("kept"));
      if (!has(Feature.ALLOCATE)) {
        assertStatus(Status.NOT_SUPPORTED, () -> file.allocate(0, UNIT));
        return;
      }
      file.allocate(0, 4L * UNIT);
      assertThat(file.size()).isEqualTo(4L * UNIT);
      assertThat(file.attributes().spaceUsed()).isGreaterThanOrEqualTo(4L * UNIT);
      byte[] expected = new byte[4 * UNIT];
      System.arraycopy(utf8("kept"), 0, expected, UNIT, 4);
      assertThat(read(file, 0, 5 * UNIT)).isEqualTo(expected);
      file.allocate(UNIT, 10);
      assertThat(file.size()).as("never shorter").isEqualTo(4L * UNIT);
      assertStatus(Status.INVALID, () -> file.allocate(0, 0));
      assertStatus(Status.INVALID, () -> file.allocate(-1, 1));
    }
  }

  @Test
  void holesSurviveARestart() throws Exception {
    Created created = create(root(), "f");
    try (OpenFile file = created.file()) {
      write(file, 8L * UNIT, bytes(UNIT, 1));
      file.sync(SyncScope.ALL);
    }
    harness().reopen();
    Handle handle = created.handle();
    try (OpenFile file = open(handle, OpenAccess.READ)) {
      assertThat(file.seekData(0)).isEqualTo(has(Feature.HOLES) ? 8L * UNIT : 0);
      assertThat(read(file, 8L * UNIT, UNIT)).isEqualTo(bytes(UNIT, 1));
    }
  }
}
