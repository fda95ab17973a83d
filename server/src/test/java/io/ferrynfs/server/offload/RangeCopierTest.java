package io.ferrynfs.server.offload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.ServerStatistics;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.testkit.faults.FaultPlan;
import io.ferrynfs.storage.testkit.faults.FaultyVolume;
import io.ferrynfs.storage.testkit.faults.Operation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The ways to copy a range: shared blocks, the volume, or the server's memory. */
class RangeCopierTest {
  private static final int MIB = 1 << 20;

  private final ManualEnv env = new ManualEnv();
  private final CopyBytes bytes = new CopyBytes();

  private static MemoryVolume.Builder volume(String name) {
    return MemoryVolume.builder(name, InstantSource.system());
  }

  private static OpenFile make(Volume in, String name) throws StorageException {
    return in.create(
            Caller.SUPERUSER,
            in.root(),
            Name.of(name),
            CreateMode.unchecked(),
            AttributeChanges.ofMode(0644),
            OpenAccess.READ_WRITE)
        .file();
  }

  private static byte[] random(int bytes) {
    byte[] data = new byte[bytes];
    new Random(bytes).nextBytes(data);
    return data;
  }

  private static byte[] content(OpenFile file) throws StorageException {
    ByteBuffer all = ByteBuffer.allocate((int) file.size());
    file.read(all, 0);
    return all.array();
  }

  /** Returns the bytes of each chunk until the end of the range. */
  private static List<Long> run(RangeCopier copier) throws StorageException {
    List<Long> chunks = new ArrayList<>();
    for (long bytes = copier.step(); bytes > 0; bytes = copier.step()) {
      chunks.add(bytes);
    }
    return chunks;
  }

  private RangeCopier copier(OpenFile from, OpenFile to, CopyRange range, long first, long max) {
    return new RangeCopier(env.ticker(), from, to, range, bytes, first, max);
  }

  // C-010, C-012, C-031, P-008: data, a hole, data and a hole at the end, over old content
  @Test
  void copyBetweenVolumesKeepsHolesAndReplacesOldContent() throws StorageException {
    MemoryVolume one = volume("one").build();
    MemoryVolume two = volume("two").build();
    try (OpenFile from = make(one, "from");
        OpenFile to = make(two, "to")) {
      from.write(ByteBuffer.wrap(random(MIB)), 0);
      from.write(ByteBuffer.wrap(random(MIB)), 20L * MIB);
      from.truncate(40L * MIB);
      to.write(ByteBuffer.wrap(random(8 * MIB)), 0);
      RangeCopier copier = copier(from, to, new CopyRange(0, 0, 40L * MIB), MIB, Long.MAX_VALUE);
      run(copier);
      assertThat(copier.isComplete()).isTrue();
      assertThat(content(to)).isEqualTo(content(from));
      assertThat(to.attributes().spaceUsed()).isLessThan(4L * MIB);
    }
  }

  // P-008, L-007: 4 KiB of data every 8 MiB; the rate applies to data
  @Test
  void manySmallExtentsAreOneChunkAndUseTheirOwnSpace() throws StorageException {
    MemoryVolume one = volume("one").build();
    MemoryVolume two = volume("two").build();
    try (OpenFile from = make(one, "from");
        OpenFile to = make(two, "to")) {
      for (int i = 0; i < 64; i++) {
        from.write(ByteBuffer.wrap(random(4096)), 8L * i * MIB);
      }
      from.truncate(512L * MIB);
      CopyRange all = new CopyRange(0, 0, 512L * MIB);
      RangeCopier copier = copier(from, to, all, MIB, Long.MAX_VALUE);
      assertThat(run(copier)).containsExactly(512L * MIB);
      assertThat(copier.moved()).isEqualTo(64 * 4096);
      assertThat(bytes.sample())
          .isEqualTo(new ServerStatistics.CopiedBytes(0, 64 * 4096, 512L * MIB - 64 * 4096, 0));
      assertThat(to.attributes().spaceUsed()).isEqualTo(64 * 4096);
      assertThat(to.size()).isEqualTo(512L * MIB);
    }
  }

  // P-008
  @Test
  void targetWithoutHolesIsFilledWithZeros() throws StorageException {
    MemoryVolume one = volume("one").build();
    MemoryVolume two = volume("two").without(Feature.HOLES).build();
    try (OpenFile from = make(one, "from");
        OpenFile to = make(two, "to")) {
      from.write(ByteBuffer.wrap(random(100)), 0);
      from.truncate(5L * MIB);
      to.write(ByteBuffer.wrap(random(6 * MIB)), 0);
      RangeCopier copier = copier(from, to, new CopyRange(0, 0, 5L * MIB), MIB, Long.MAX_VALUE);
      run(copier);
      to.truncate(5L * MIB);
      assertThat(content(to)).isEqualTo(content(from));
    }
  }

  // K-029, L-007: one chunk, whatever its length
  @Test
  void filesThatCanShareBlocksShareTheWholeRange() throws StorageException {
    MemoryVolume one = volume("one").build();
    try (OpenFile from = make(one, "from");
        OpenFile to = make(one, "to")) {
      from.write(ByteBuffer.wrap(random(3 * MIB)), 0);
      RangeCopier copier = copier(from, to, new CopyRange(0, 0, 3L * MIB), 1000, 1000);
      assertThat(run(copier)).containsExactly(3L * MIB);
      assertThat(copier.moved()).isZero();
      assertThat(bytes.sample()).isEqualTo(new ServerStatistics.CopiedBytes(3L * MIB, 0, 0, 0));
      assertThat(content(to)).isEqualTo(content(from));
    }
  }

  // a range that does not fit is not abandoned before the first byte
  @Test
  void rangeThatDoesNotFitIsCopiedInPart() throws StorageException {
    for (Status full : List.of(Status.NO_SPACE, Status.QUOTA)) {
      FaultPlan plan = new FaultPlan();
      Volume one = new FaultyVolume(volume("one").build(), plan);
      try (OpenFile from = make(one, "from");
          OpenFile to = make(one, "to")) {
        from.write(ByteBuffer.wrap(random(MIB)), 0);
        plan.failAll(Operation.CLONE_RANGE, full).fail(Operation.COPY_RANGE, 2, full);
        RangeCopier copier = copier(from, to, new CopyRange(0, 0, MIB), MIB / 4, MIB / 4);
        assertThat(copier.step()).isEqualTo(MIB / 4);
        assertThatThrownBy(copier::step)
            .isInstanceOfSatisfying(
                StorageException.class, failed -> assertThat(failed.status()).isEqualTo(full));
        assertThat(copier.copied()).isEqualTo(MIB / 4);
      }
    }
  }

  @Test
  void chunksGrowWhileTheyAreFastAndShrinkWhenTheyAreSlow() throws StorageException {
    FaultPlan plan = new FaultPlan();
    Volume one = new FaultyVolume(volume("one").without(Feature.CLONE).build(), plan);
    try (OpenFile from = make(one, "from");
        OpenFile to = make(one, "to")) {
      from.write(ByteBuffer.wrap(random(4 * MIB)), 0);
      RangeCopier copier =
          copier(from, to, new CopyRange(0, 0, 4L * MIB), 128 << 10, Long.MAX_VALUE);
      assertThat(copier.step()).isEqualTo(128 << 10);
      assertThat(copier.step()).isEqualTo(256 << 10);
      plan.onAll(Operation.COPY_RANGE, () -> env.advance(Duration.ofMillis(200)));
      assertThat(copier.step()).isEqualTo(512 << 10);
      assertThat(copier.step()).isEqualTo(256 << 10);
      assertThat(copier.step()).isEqualTo(128 << 10);
      plan.heal().onAll(Operation.COPY_RANGE, () -> env.advance(Duration.ofMillis(50)));
      assertThat(copier.step()).isEqualTo(64 << 10);
      assertThat(copier.step()).as("neither fast nor slow").isEqualTo(64 << 10);
    }
  }

  @Test
  void chunksDoNotExceedTheirMaximum() throws StorageException {
    MemoryVolume one = volume("one").without(Feature.CLONE).build();
    try (OpenFile from = make(one, "from");
        OpenFile to = make(one, "to")) {
      from.write(ByteBuffer.wrap(random(1000)), 0);
      RangeCopier copier = copier(from, to, new CopyRange(0, 0, 1000), 400, 300);
      assertThat(run(copier)).containsExactly(300L, 300L, 300L, 100L);
    }
  }
}
