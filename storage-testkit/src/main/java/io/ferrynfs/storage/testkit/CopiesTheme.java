package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Copies by the volume, and clones. */
abstract class CopiesTheme extends Theme {
  /** Bounds the steps of a copy. Each step must make progress. */
  private static final int STEPS_MAX = 10_000;

  private OpenFile fileOf(String name, byte[] content) throws StorageException {
    return open(file(root(), name, content), OpenAccess.READ_WRITE);
  }

  /** Copies a whole range in a loop, as callers must. */
  private static void copy(OpenFile from, long fromOffset, OpenFile to, long offset, long length)
      throws StorageException {
    long done = 0;
    for (int step = 0; done < length; step++) {
      assertThat(step).isLessThan(STEPS_MAX);
      long copied = to.copyRange(from, fromOffset + done, offset + done, length - done);
      assertThat(copied).isBetween(1L, length - done);
      done += copied;
    }
  }

  @Test
  void aWholeFileIsCopied() throws Exception {
    byte[] content = bytes(5 * MIB + 123, 1);
    try (OpenFile from = fileOf("from", content);
        OpenFile to = fileOf("to", new byte[0])) {
      copy(from, 0, to, 0, content.length);
      assertThat(read(to, 0, content.length + 1)).isEqualTo(content);
      assertThat(read(from, 0, content.length + 1)).isEqualTo(content);
    }
  }

  // C-031
  @Test
  void anyRangeIsCopiedToAnyPlace() throws Exception {
    byte[] content = bytes(100_000, 1);
    long[][] cases = {
      {0, 0, 1},
      {1, 0, 5000},
      {0, 1, 5000},
      {4096, 4096, 4096},
      {4096, 0, 8191},
      {99_999, 50_000, 1},
      {4095, 4097, 30_000},
      {0, 60_000, 100_000},
      {8192, 150_000, 4096}
    };
    for (long[] one : cases) {
      byte[] expected = Arrays.copyOf(bytes(50_000, 2), (int) Math.max(50_000, one[1] + one[2]));
      System.arraycopy(content, (int) one[0], expected, (int) one[1], (int) one[2]);
      try (OpenFile from = fileOf("from", content);
          OpenFile to = fileOf("to", bytes(50_000, 2))) {
        copy(from, one[0], to, one[1], one[2]);
        assertThat(read(to, 0, 300_000)).isEqualTo(expected);
      }
      remove(root(), "from");
      remove(root(), "to");
    }
  }

  @Test
  void aCopyEndsAtTheEndOfTheSource() throws Exception {
    try (OpenFile from = fileOf("from", utf8("12345"));
        OpenFile to = fileOf("to", new byte[0])) {
      assertThat(to.copyRange(from, 2, 0, 1_000_000)).isEqualTo(3);
      assertThat(to.copyRange(from, 5, 3, 1)).isZero();
      assertThat(to.copyRange(from, 1_000, 3, 1)).isZero();
      assertThat(read(to, 0, 100)).isEqualTo(utf8("345"));
    }
  }

  @Test
  void anOverlappingCopyWithinOneFileIsInvalid() throws Exception {
    byte[] content = bytes(20_000, 1);
    try (OpenFile file = fileOf("f", content)) {
      assertStatus(Status.INVALID, () -> file.copyRange(file, 0, 1, 5_000));
      assertStatus(Status.INVALID, () -> file.copyRange(file, 5_000, 4_999, 5_000));
      assertStatus(Status.INVALID, () -> file.copyRange(file, 0, 0, 1));
      copy(file, 0, file, 10_000, 10_000);
      System.arraycopy(content, 0, content, 10_000, 10_000);
      assertThat(read(file, 0, 30_000)).isEqualTo(content);
    }
  }

  @Test
  void argumentsOutOfRangeAreInvalid() throws Exception {
    long max = volume().limits().fileBytesMax();
    try (OpenFile from = fileOf("from", utf8("12345"));
        OpenFile to = fileOf("to", new byte[0])) {
      assertStatus(Status.INVALID, () -> to.copyRange(from, -1, 0, 1));
      assertStatus(Status.INVALID, () -> to.copyRange(from, 0, -1, 1));
      assertStatus(Status.INVALID, () -> to.copyRange(from, 0, 0, -1));
      assertStatus(Status.INVALID, () -> to.copyRange(from, 0, 0, 0));
      assertStatus(Status.TOO_BIG, () -> to.copyRange(from, 0, max, 5));
      assertThat(to.size()).isZero();
    }
  }

  @Test
  void aCopyRequiresReadAndWriteAccess() throws Exception {
    Handle handle = file("f");
    try (OpenFile reader = open(handle, OpenAccess.READ);
        OpenFile writer = open(handle, OpenAccess.WRITE)) {
      assertStatus(Status.ACCESS, () -> reader.copyRange(reader, 0, 100, 1));
      assertStatus(Status.ACCESS, () -> writer.copyRange(writer, 0, 100, 1));
      assertThat(writer.copyRange(reader, 0, 100, 1)).isEqualTo(1);
      assertThat(reader.size()).isEqualTo(101);
    }
  }

  @Test
  void aCopiedHoleReadsAsZeros() throws Exception {
    byte[] expected = new byte[4 * MIB];
    System.arraycopy(bytes(1000, 1), 0, expected, 2 * MIB, 1000);
    try (OpenFile from = fileOf("from", new byte[0]);
        OpenFile to = fileOf("to", bytes(4 * MIB, 2))) {
      from.truncate(4L * MIB);
      write(from, 2L * MIB, bytes(1000, 1));
      copy(from, 0, to, 0, 4L * MIB);
      assertThat(read(to, 0, 5 * MIB)).isEqualTo(expected);
    }
  }

  @Test
  void aCopyIsIndependentOfTheSource() throws Exception {
    byte[] content = bytes(MIB, 1);
    try (OpenFile from = fileOf("from", content);
        OpenFile to = fileOf("to", new byte[0])) {
      copy(from, 0, to, 0, MIB);
      write(from, 1000, utf8("source"));
      write(to, 2000, utf8("target"));
      from.truncate(3000);
      System.arraycopy(utf8("target"), 0, content, 2000, 6);
      assertThat(read(to, 0, 2 * MIB)).isEqualTo(content);
      assertThat(read(from, 1000, 6)).isEqualTo(utf8("source"));
      assertThat(read(from, 2000, 6)).isNotEqualTo(utf8("target"));
    }
  }

  @Test
  void aFileOfAnotherVolumeFailsWithCrossDevice() throws Exception {
    MemoryVolume other = MemoryVolume.builder("another", () -> Instant.EPOCH).build();
    try (OpenFile foreign =
            other
                .create(
                    Caller.SUPERUSER,
                    other.root(),
                    Name.of("f"),
                    CreateMode.guarded(),
                    AttributeChanges.ofSize(10),
                    OpenAccess.READ_WRITE)
                .file();
        OpenFile to = fileOf("to", new byte[0])) {
      assertStatus(Status.CROSS_DEVICE, () -> to.copyRange(foreign, 0, 0, 10));
      assertStatusIn(refused(Status.CROSS_DEVICE), () -> to.cloneRange(foreign, 0, 0, 10));
      assertThat(to.size()).isZero();
    }
  }

  /**
   * Returns the permitted errors of an invalid clone. Without clones NOT_SUPPORTED is permitted as
   * well.
   */
  private Set<Status> refused(Status status) {
    return has(Feature.CLONE) ? EnumSet.of(status) : EnumSet.of(status, Status.NOT_SUPPORTED);
  }

  private int block() {
    return Math.max(1, volume().limits().cloneBlockBytes());
  }

  @Test
  void aCloneIsEqualToAndIndependentOfTheSource() throws Exception {
    byte[] content = bytes(5 * block() + 100, 1);
    try (OpenFile from = fileOf("from", content);
        OpenFile to = fileOf("to", utf8("old"))) {
      if (!has(Feature.CLONE)) {
        assertThat(volume().limits().cloneBlockBytes()).isZero();
        assertStatus(Status.NOT_SUPPORTED, () -> to.cloneRange(from, 0, 0, 0));
        assertThat(read(to, 0, 10)).isEqualTo(utf8("old"));
        return;
      }
      to.cloneRange(from, 0, 0, 0);
      assertThat(read(to, 0, content.length + 1)).isEqualTo(content);
      write(from, 10, utf8("source"));
      write(to, 20, utf8("target"));
      System.arraycopy(utf8("target"), 0, content, 20, 6);
      assertThat(read(to, 0, content.length + 1)).isEqualTo(content);
      assertThat(read(from, 10, 6)).isEqualTo(utf8("source"));
    }
  }

  @Test
  void aRangeOfBlocksIsCloned() throws Exception {
    int block = block();
    byte[] content = bytes(6 * block, 1);
    byte[] expected = bytes(4 * block, 2);
    try (OpenFile from = fileOf("from", content);
        OpenFile to = fileOf("to", expected)) {
      if (!has(Feature.CLONE)) {
        assertStatus(Status.NOT_SUPPORTED, () -> to.cloneRange(from, block, 0, block));
        return;
      }
      to.cloneRange(from, 3L * block, block, 2L * block);
      System.arraycopy(content, 3 * block, expected, block, 2 * block);
      assertThat(read(to, 0, 10 * block)).isEqualTo(expected);
      from.cloneRange(from, 0, 10L * block, 2L * block);
      assertThat(from.size()).isEqualTo(12L * block);
      assertThat(read(from, 10L * block, 3 * block)).isEqualTo(Arrays.copyOf(content, 2 * block));
    }
  }

  @Test
  void anInvalidCloneChangesNothing() throws Exception {
    int block = block();
    byte[] content = bytes(2 * block + 100, 1);
    try (OpenFile from = fileOf("from", content);
        OpenFile to = fileOf("to", bytes(4 * block, 2))) {
      Set<Status> status = refused(Status.INVALID);
      assertStatusIn(status, () -> to.cloneRange(from, 0, 0, 3L * block));
      assertStatusIn(status, () -> to.cloneRange(from, 4L * block, 0, 0));
      assertStatusIn(status, () -> to.cloneRange(from, 1, 0, block));
      assertStatusIn(status, () -> to.cloneRange(from, 0, 1, block));
      assertStatusIn(status, () -> to.cloneRange(from, 0, 0, 100));
      assertStatusIn(status, () -> to.cloneRange(from, -1, 0, block));
      assertStatusIn(status, () -> from.cloneRange(from, 0, 0, block));
      assertThat(read(to, 0, 5 * block)).isEqualTo(bytes(4 * block, 2));
      assertThat(read(from, 0, content.length + 1)).isEqualTo(content);
    }
  }
}
