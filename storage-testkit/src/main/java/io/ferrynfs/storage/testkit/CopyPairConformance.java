package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.SparseCopy;
import io.ferrynfs.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The conformance tests for a pair of volumes between which a server copies. The data of a file
 * must occupy the same number of blocks in its copy, and its holes must occupy none.
 *
 * <p>A test extends this class for each pair, as with {@link VolumeConformance}. Both volumes must
 * have blocks of 4 KiB.
 */
@NullUnmarked // Set before each test and closed after it.
public abstract class CopyPairConformance {
  private static final int BLOCK = 4096;
  private static final long MIB = 1L << 20;

  /** Bounds the steps of a copy. Each step must make progress. */
  private static final int STEPS_MAX = 100_000;

  private VolumeHarness fromHarness;
  private VolumeHarness toHarness;
  private OpenFile from;
  private OpenFile to;

  /**
   * Returns a harness with an empty source volume.
   *
   * @throws Exception to fail the test
   */
  protected abstract VolumeHarness newSource() throws Exception;

  /**
   * Returns a harness with an empty target volume.
   *
   * @param source the harness of the source, which may be returned for a copy within one volume
   * @throws Exception to fail the test
   */
  protected abstract VolumeHarness newTarget(VolumeHarness source) throws Exception;

  @BeforeEach
  final void open() throws Exception {
    fromHarness = newSource();
    toHarness = newTarget(fromHarness);
    from = make(fromHarness, "from");
    to = make(toHarness, "to");
  }

  @AfterEach
  final void close() throws Exception {
    from.close();
    to.close();
    if (!toHarness.equals(fromHarness)) {
      toHarness.close();
    }
    fromHarness.close();
  }

  private static OpenFile make(VolumeHarness harness, String name) throws StorageException {
    return harness
        .volume()
        .create(
            harness.user(),
            harness.volume().root(),
            Name.of(name),
            CreateMode.guarded(),
            AttributeChanges.ofMode(0600),
            OpenAccess.READ_WRITE)
        .file();
  }

  private static void write(OpenFile file, long position, int count) throws StorageException {
    Theme.write(file, position, Theme.bytes(count, position));
  }

  /** Copies as a server does, and checks that the target range equals the source range. */
  private void copy(long fromOffset, long toOffset, long length) throws StorageException {
    SparseCopy copy = new SparseCopy(from, to);
    long done = 0;
    for (int step = 0; done < length; step++) {
      assertThat(step).isLessThan(STEPS_MAX);
      long bytes = copy.copy(fromOffset + done, toOffset + done, length - done, MIB);
      assertThat(bytes).isBetween(1L, length - done);
      done += bytes;
    }
    for (long at = 0; at < length; at += MIB) {
      int count = (int) Math.min(MIB, length - at);
      assertThat(Theme.read(to, toOffset + at, count))
          .as("at " + at)
          .isEqualTo(Theme.read(from, fromOffset + at, count));
    }
  }

  private void assertTakes(long bytes) throws StorageException {
    if (toHarness.volume().features().contains(Feature.HOLES)) {
      assertThat(to.attributes().spaceUsed()).isEqualTo(bytes);
    }
  }

  // P-008
  @Test
  void aCopyOfSixtyFourScatteredBlocksOccupiesSixtyFourBlocks() throws Exception {
    for (int i = 0; i < 64; i++) {
      write(from, 8L * i * MIB, BLOCK);
    }
    from.truncate(512 * MIB);
    copy(0, 0, 512 * MIB);
    assertThat(to.size()).isEqualTo(512 * MIB);
    assertTakes(64L * BLOCK);
  }

  // P-008
  @Test
  void blocksBetweenHolesOfOneBlockAreCopiedWithoutTheHoles() throws Exception {
    for (int i = 1; i < 100; i += 2) {
      write(from, (long) i * BLOCK, BLOCK);
    }
    copy(0, 0, 100L * BLOCK);
    assertThat(to.size()).isEqualTo(100L * BLOCK);
    assertTakes(50L * BLOCK);
  }

  // P-008, C-031
  @Test
  void aHoleReplacesDataOfTheTarget() throws Exception {
    write(from, 2 * MIB, 3 * BLOCK);
    from.truncate(8 * MIB);
    write(to, 0, (int) (4 * MIB));
    copy(0, 0, 8 * MIB);
    assertThat(to.size()).isEqualTo(8 * MIB);
    assertTakes(3L * BLOCK);
  }

  // C-031
  @Test
  void dataBeyondTheRangeIsNotChanged() throws Exception {
    write(from, MIB, BLOCK);
    from.truncate(2 * MIB);
    write(to, 0, (int) (4 * MIB));
    byte[] behind = Theme.read(to, 2 * MIB, (int) (3 * MIB));
    copy(0, 0, 2 * MIB);
    assertThat(Theme.read(to, 2 * MIB, (int) (3 * MIB))).isEqualTo(behind);
    assertTakes(2 * MIB + BLOCK);
  }

  // P-008
  @Test
  void aCopyOfASingleHoleOccupiesNoSpace() throws Exception {
    from.truncate(1L << 40);
    SparseCopy copy = new SparseCopy(from, to);
    assertThat(copy.copy(0, 0, 1L << 40, MIB)).isEqualTo(1L << 40);
    assertThat(copy.holeBytes()).isEqualTo(1L << 40);
    assertThat(to.size()).isEqualTo(1L << 40);
    assertTakes(0);
  }

  // P-008: with space reserved beyond its end a file occupies more than its length and has holes
  @Test
  void aCopyIgnoresReservedSpace() throws Exception {
    if (!fromHarness.volume().features().contains(Feature.ALLOCATE)) {
      return;
    }
    from.allocate(0, 4 * MIB);
    write(from, MIB, BLOCK);
    from.sync(io.ferrynfs.storage.SyncScope.ALL);
    // Before the file is read: ext4 reports reserved pages in memory as data.
    long data = dataBytes(from);
    copy(0, 0, 4 * MIB);
    assertThat(to.size()).isEqualTo(4 * MIB);
    assertTakes(data);
  }

  /**
   * Returns the number of bytes that the file system reports as data. On tmpfs this includes
   * reserved space.
   */
  private static long dataBytes(OpenFile file) throws StorageException {
    long bytes = 0;
    long size = file.size();
    for (long at = file.seekData(0); at < size; ) {
      long hole = file.seekHole(at);
      bytes += hole - at;
      at = hole < size ? file.seekData(hole) : size;
    }
    return bytes;
  }

  @Test
  void anyRangeIsCopiedToAnyPlace() throws Exception {
    for (int i = 0; i < 8; i++) {
      write(from, 64L * i * BLOCK, 5_000 + i);
    }
    from.truncate(600L * BLOCK + 77);
    long[][] cases = {
      {1, 0, 500L * BLOCK}, {0, 4095, 600L * BLOCK + 77}, {70_000, 3, 300_000}, {4097, 8193, 1}
    };
    for (long[] one : cases) {
      to.truncate(0);
      write(to, 0, 100_000);
      copy(one[0], one[1], one[2]);
    }
  }

  @Test
  void aCopyEndsWithASourceThatIsShorterThanTheRange() throws Exception {
    write(from, 0, 10);
    SparseCopy copy = new SparseCopy(from, to);
    assertThat(copy.copy(0, 0, 100, 100)).isEqualTo(10);
    assertThat(copy.copy(10, 10, 90, 90)).isZero();
    assertThat(new SparseCopy(from, to).copy(10, 0, 90, 90)).isZero();
    ByteBuffer all = ByteBuffer.allocate(20);
    assertThat(to.read(all, 0)).isEqualTo(10);
    assertThat(Arrays.copyOf(all.array(), 10)).isEqualTo(Theme.bytes(10, 0));
  }
}
