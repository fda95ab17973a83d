package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.testkit.faults.FaultPlan;
import io.ferrynfs.storage.testkit.faults.FaultyVolume;
import io.ferrynfs.storage.testkit.faults.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Holes, reserved space and shared blocks, through client and server. */
class SparseFilesTest {
  private static final int MIB = 1 << 20;
  private static final long SIZE = 1L << 30;
  private static final byte[] ISLAND = World.random(100_000);
  private static final long[] ISLANDS = {12_345, 400L * MIB, SIZE - ISLAND.length - 7};
  private static final NfsCopyOptions STREAM = NfsCopyOptions.builder().forceStream(true).build();
  private static final NfsCopyOptions CLONE = NfsCopyOptions.builder().requireClone(true).build();

  private final World world = new World(31);
  private final FaultPlan plan = new FaultPlan();
  private final NfsClient one;
  private final NfsClient two;

  SparseFilesTest() throws Exception {
    world.serve("one", new FaultyVolume(memory("one").build(), plan));
    world.serve("two");
    one = world.connect("one");
    two = world.connect("two");
  }

  private static MemoryVolume.Builder memory(String name) {
    return MemoryVolume.builder(name, InstantSource.system());
  }

  private NfsClient serving(String name, Volume volume) throws IOException {
    world.serve(name, volume);
    return world.connect(name);
  }

  /** Creates a file and opens it for reading and writing. */
  private NfsFile create(NfsClient client, String name) throws NfsException {
    world.write(client, name, new byte[0]);
    return world.await(client.openAsync(NfsPath.of(name), NfsOpenOptions.forReadingAndWriting()));
  }

  private NfsFile open(NfsClient client, String name) throws NfsException {
    return world.await(client.openAsync(NfsPath.of(name), NfsOpenOptions.forReading()));
  }

  /** Creates a file of one GiB with three islands of data. */
  private void makeSparse(NfsClient client, String name) throws NfsException {
    NfsFile file = create(client, name);
    for (long at : ISLANDS) {
      world.await(file.writeAsync(ByteBuffer.wrap(ISLAND), at));
    }
    world.await(
        file.setAttributesAsync(io.ferrynfs.client.NfsAttributeChanges.none().withSize(SIZE)));
    world.await(file.closeAsync());
  }

  private byte[] read(NfsFile file, long offset, int bytes) throws NfsException {
    ByteBuffer into = ByteBuffer.allocate(bytes);
    world.await(file.readAsync(into, offset));
    return Arrays.copyOf(into.array(), into.position());
  }

  private void expectSparse(NfsClient client, String name) throws NfsException {
    NfsFile file = open(client, name);
    var attributes = world.await(file.attributesAsync());
    assertThat(attributes.sizeBytes()).isEqualTo(SIZE);
    assertThat(attributes.usedBytes()).isLessThan(4L * ISLAND.length);
    for (long at : ISLANDS) {
      byte[] around = new byte[ISLAND.length + 7];
      System.arraycopy(ISLAND, 0, around, 0, ISLAND.length);
      assertThat(read(file, at, around.length)).isEqualTo(around);
    }
    assertThat(read(file, 100L * MIB, MIB)).isEqualTo(new byte[MIB]);
    world.await(file.closeAsync());
  }

  private Reason reasonOf(CompletableFuture<?> future) {
    try {
      world.await(future);
    } catch (NfsException failed) {
      return failed.reason();
    }
    throw new AssertionError("did not fail");
  }

  // P-008: only data is read from the source's disk
  @Test
  void copyThroughTheClientReadsNoHole() throws NfsException {
    makeSparse(one, "/sparse");
    long before = reads();
    CopyResult result =
        world.await(
            one.startCopy(NfsPath.of("/sparse"), two, NfsPath.of("/copy"), STREAM).completion());
    assertThat(result.bytes()).isEqualTo(SIZE);
    // An island takes two or three READs of 64 KiB.
    assertThat(reads() - before).isBetween(6L, 9L);
    expectSparse(two, "/copy");
  }

  private long reads() {
    return plan.calls(Operation.READ) + plan.calls(Operation.TRANSFER);
  }

  // P-008
  @Test
  void copyIntoAnExistingFilePunchesHolesAndKeepsTheDataBehindTheRange() throws NfsException {
    makeSparse(one, "/sparse");
    byte[] old = World.random(3 * MIB);
    world.write(one, "/there", old);
    NfsFile from = open(one, "/sparse");
    NfsFile to =
        world.await(one.openAsync(NfsPath.of("/there"), NfsOpenOptions.forReadingAndWriting()));
    world.await(from.copyTo(0, to, MIB, MIB, STREAM).completion());
    byte[] expected = old.clone();
    Arrays.fill(expected, MIB, 2 * MIB, (byte) 0);
    System.arraycopy(ISLAND, 0, expected, MIB + (int) ISLANDS[0], ISLAND.length);
    assertThat(world.read(one, "/there")).isEqualTo(expected);
    assertThat(world.await(to.attributesAsync()).usedBytes())
        .isLessThan(2L * MIB + 2L * ISLAND.length);
    world.await(from.copyTo(0, to, 0, SIZE, STREAM).completion());
    world.await(to.closeAsync());
    expectSparse(one, "/there");
  }

  // P-008: a file that ends with a hole keeps its size
  @Test
  void copyOfAHoleBeyondTheEndExtendsTheTarget() throws NfsException {
    makeSparse(one, "/sparse");
    NfsFile from = open(one, "/sparse");
    NfsFile to = create(one, "/there");
    world.await(from.copyTo(MIB, to, 0, 10L * MIB, STREAM).completion());
    assertThat(world.await(to.attributesAsync()).sizeBytes()).isEqualTo(10L * MIB);
    assertThat(world.await(to.attributesAsync()).usedBytes()).isLessThanOrEqualTo(4096);
    world.await(to.closeAsync());
    assertThat(world.read(one, "/there")).isEqualTo(new byte[10 * MIB]);
  }

  // P-008
  @Test
  void copyToAVolumeWithoutHolesWritesZeros() throws Exception {
    NfsClient dense = serving("dense", memory("dense").without(Feature.HOLES).build());
    makeSparse(one, "/sparse");
    world.write(dense, "/there", World.random(3 * MIB));
    NfsFile from = open(one, "/sparse");
    NfsFile to =
        world.await(dense.openAsync(NfsPath.of("/there"), NfsOpenOptions.forReadingAndWriting()));
    world.await(from.copyTo(0, to, 0, 4L * MIB, STREAM).completion());
    world.await(to.closeAsync());
    byte[] expected = new byte[4 * MIB];
    System.arraycopy(ISLAND, 0, expected, (int) ISLANDS[0], ISLAND.length);
    assertThat(world.read(dense, "/there")).isEqualTo(expected);
  }

  // P-001
  @Test
  void sparseFileIsReadWithoutItsHoles() throws NfsException {
    makeSparse(one, "/sparse");
    NfsFile file = open(one, "/sparse");
    long before = reads();
    assertThat(read(file, 100L * MIB, 50 * MIB)).isEqualTo(new byte[50 * MIB]);
    assertThat(reads()).as("no data was read").isEqualTo(before);
    byte[] expected = new byte[MIB];
    System.arraycopy(ISLAND, 0, expected, (int) ISLANDS[0], ISLAND.length);
    assertThat(read(file, 0, MIB)).isEqualTo(expected);
    byte[] end = Arrays.copyOf(ISLAND, ISLAND.length + 7);
    assertThat(read(file, ISLANDS[2], MIB)).as("up to the end").isEqualTo(end);
  }

  // P-004, P-006, P-007
  @Test
  void spaceIsReservedReleasedAndFound() throws NfsException {
    NfsFile file = create(one, "/file");
    world.await(file.allocateAsync(0, MIB));
    assertThat(world.await(file.attributesAsync()).sizeBytes()).isEqualTo(MIB);
    assertThat(world.await(file.attributesAsync()).usedBytes()).isEqualTo(MIB);
    world.await(file.writeAsync(ByteBuffer.wrap(World.random(MIB)), 0));
    world.await(file.deallocateAsync(4096, 8192));
    assertThat(world.await(file.attributesAsync()).usedBytes()).isEqualTo(MIB - 8192);
    assertThat(world.await(file.attributesAsync()).sizeBytes()).isEqualTo(MIB);
    assertThat(world.await(file.seekHoleAsync(0))).isEqualTo(4096);
    assertThat(world.await(file.seekDataAsync(4096))).isEqualTo(4096 + 8192);
    assertThat(world.await(file.seekHoleAsync(20_000))).isEqualTo(MIB);
    assertThat(world.await(file.seekDataAsync(MIB))).isEqualTo(-1);
    assertThat(reasonOf(file.allocateAsync(0, 1L << 50))).isEqualTo(Reason.NO_SPACE);
    assertThat(reasonOf(file.allocateAsync(0, 0))).isEqualTo(Reason.INVALID);
    assertThat(reasonOf(file.deallocateAsync(5, -1))).isEqualTo(Reason.INVALID);
    world.await(file.closeAsync());
    assertThat(reasonOf(file.deallocateAsync(0, 1))).isEqualTo(Reason.CLOSED);
  }

  // P-006, P-007, L-011
  @Test
  void missingFeaturesOfAServerAreUnsupported() throws Exception {
    NfsClient plain =
        serving(
            "plain",
            memory("plain")
                .without(Feature.HOLES)
                .without(Feature.ALLOCATE)
                .without(Feature.CLONE)
                .build());
    NfsFile file = create(plain, "/file");
    assertThat(reasonOf(file.allocateAsync(0, 1))).isEqualTo(Reason.UNSUPPORTED);
    assertThat(reasonOf(file.deallocateAsync(0, 1))).isEqualTo(Reason.UNSUPPORTED);
    world.await(file.writeAsync(ByteBuffer.wrap(ISLAND), 0));
    NfsFile other = create(plain, "/other");
    assertThat(reasonOf(file.cloneToAsync(0, other, 0, 4096))).isEqualTo(Reason.UNSUPPORTED);
    assertThat(world.await(other.attributesAsync()).sizeBytes()).isZero();
    assertThat(
            reasonOf(
                plain
                    .startCopy(NfsPath.of("/file"), plain, NfsPath.of("/whole"), CLONE)
                    .completion()))
        .isEqualTo(Reason.UNSUPPORTED);
  }

  // L-003, L-004, L-007, L-009
  @Test
  void rangesAndWholeFilesAreCloned() throws NfsException {
    makeSparse(one, "/sparse");
    CopyResult whole =
        world.await(
            one.startCopy(NfsPath.of("/sparse"), one, NfsPath.of("/clone"), CLONE).completion());
    assertThat(whole)
        .isEqualTo(new CopyResult(SIZE, CopyResult.How.CLONED, "the server shares the blocks"));
    expectSparse(one, "/clone");
    NfsFile from = open(one, "/sparse");
    NfsFile to = create(one, "/range");
    world.await(from.cloneToAsync(400L * MIB, to, 8192, 4096));
    assertThat(read(to, 0, MIB))
        .isEqualTo(concatenated(new byte[8192], Arrays.copyOf(ISLAND, 4096)));
    assertThat(reasonOf(from.cloneToAsync(1, to, 0, 4096))).isEqualTo(Reason.INVALID);
    assertThat(reasonOf(from.cloneToAsync(0, to, 0, 2 * SIZE))).isEqualTo(Reason.INVALID);
  }

  private static byte[] concatenated(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  // L-008
  @Test
  void cloneBetweenTwoServersIsUnsupported() throws NfsException {
    makeSparse(one, "/sparse");
    for (NfsCopyOptions options : List.of(CLONE, CLONE.toBuilder().requireOffload(true).build())) {
      assertThat(
              reasonOf(
                  one.startCopy(NfsPath.of("/sparse"), two, NfsPath.of("/clone"), options)
                      .completion()))
          .isEqualTo(Reason.UNSUPPORTED);
    }
  }
}
