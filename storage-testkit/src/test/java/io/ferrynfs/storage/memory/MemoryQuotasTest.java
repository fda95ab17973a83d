package io.ferrynfs.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Quota;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Space;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The usage and the limits of users and groups on a memory volume. */
class MemoryQuotasTest {
  private static final int KIB = 1024;
  private static final Caller ALICE = Caller.of(1000, 100);
  private static final Caller BOB = new Caller(2000, 200, List.of(100L));
  private static final Caller STRANGER = Caller.of(3000, 300);

  private final MemoryVolume volume =
      MemoryHarness.builder().quotas().capacityBytes(1024 * KIB).build();

  private Created create(Caller caller, String name) throws StorageException {
    return volume.create(
        caller,
        volume.root(),
        Name.of(name),
        CreateMode.guarded(),
        AttributeChanges.ofMode(0666),
        OpenAccess.READ_WRITE);
  }

  private Quota quota(Created of) throws StorageException {
    return volume.quota(Caller.SUPERUSER, of.handle());
  }

  private long used(Created of) throws StorageException {
    return quota(of).usedBytes();
  }

  private static void assertFails(Status status, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.status()).isEqualTo(status));
  }

  /** A change of files. */
  @FunctionalInterface
  private interface Change {
    void run() throws StorageException;
  }

  private static void moved(long bytes) {
    assertThat(bytes).isPositive();
  }

  private static ByteBuffer bytes(int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) 1);
    return ByteBuffer.wrap(bytes);
  }

  @Test
  void everyChangeOfAFileUpdatesTheUsage() throws Exception {
    Created one = create(ALICE, "one");
    Created two = create(ALICE, "two");
    OpenFile first = one.file();
    OpenFile second = two.file();
    List<Change> changes =
        List.of(
            () -> moved(first.write(bytes(50 * KIB), 3)),
            () -> moved(first.write(bytes(10), 100 * KIB)),
            () -> first.allocate(60 * KIB, 20 * KIB),
            () -> first.allocate(0, 20 * KIB),
            () -> first.deallocate(5 * KIB, 20 * KIB),
            () -> second.cloneRange(first, 0, 0, 0),
            () -> second.cloneRange(first, 0, 4 * KIB, 32 * KIB),
            () -> moved(second.write(bytes(1), 20 * KIB)),
            () -> moved(second.copyRange(first, 8 * KIB, 0, 40 * KIB)),
            () -> moved(second.copyRange(first, 1, 0, 40 * KIB)),
            () -> second.cloneRange(second, 0, 64 * KIB, 16 * KIB),
            () -> first.truncate(10 * KIB + 1),
            () -> second.truncate(30 * KIB),
            () -> first.truncate(300 * KIB),
            () -> second.truncate(0));
    for (Change change : changes) {
      change.run();
      long taken = first.attributes().spaceUsed() + second.attributes().spaceUsed();
      assertThat(used(one)).as("after change %d", changes.indexOf(change)).isEqualTo(taken);
    }
    assertThat(second.write(bytes(8 * KIB), 0)).isEqualTo(8 * KIB);
    second.close();
    volume.remove(ALICE, volume.root(), Name.of("two"), RemoveKind.NON_DIRECTORY);
    assertThat(used(one)).isEqualTo(first.attributes().spaceUsed());
  }

  @Test
  void aWriteEndsWhereTheQuotaEnds() throws Exception {
    volume.limitUser(ALICE.uid(), 0, 16 * KIB);
    Created created = create(ALICE, "f");
    OpenFile file = created.file();
    Space before = volume.space(ALICE);
    assertThat(file.write(bytes(100 * KIB), 0)).isEqualTo(16 * KIB);
    assertFails(Status.QUOTA, () -> file.write(bytes(1), 16 * KIB));
    assertFails(Status.QUOTA, () -> file.allocate(16 * KIB, 1));
    assertThat(file.write(bytes(10), 0)).as("in place").isEqualTo(10);
    assertThat(file.size()).isEqualTo(16 * KIB);
    assertThat(volume.space(ALICE).freeBytes()).isEqualTo(before.freeBytes() - 16 * KIB);
    try (OpenFile another = create(BOB, "another").file()) {
      assertThat(another.write(bytes(100 * KIB), 0)).isEqualTo(100 * KIB);
    }
  }

  @Test
  void eachFileIsChargedForSharedBlocks() throws Exception {
    volume.limitUser(ALICE.uid(), 0, 40 * KIB);
    Created from = create(ALICE, "from");
    assertThat(from.file().write(bytes(24 * KIB), 0)).isEqualTo(24 * KIB);
    OpenFile to = create(ALICE, "to").file();
    long free = volume.space(ALICE).freeBytes();
    assertFails(Status.QUOTA, () -> to.cloneRange(from.file(), 0, 0, 0));
    assertThat(to.size()).isZero();
    assertThat(to.copyRange(from.file(), 0, 0, 24 * KIB)).as("what fits").isEqualTo(16 * KIB);
    assertFails(Status.QUOTA, () -> to.copyRange(from.file(), 16 * KIB, 16 * KIB, 8 * KIB));
    assertThat(used(from)).isEqualTo(40 * KIB);
    assertThat(volume.space(ALICE).freeBytes()).as("the blocks are shared").isEqualTo(free);
  }

  @Test
  void changingTheOwnerFailsBeyondTheQuotaOfTheNewOwner() throws Exception {
    volume.limitUser(BOB.uid(), 0, 8 * KIB);
    volume.limitGroup(300, 0, 4 * KIB);
    Created created = create(ALICE, "f");
    assertThat(created.file().write(bytes(12 * KIB), 0)).isEqualTo(12 * KIB);
    AttributeChanges toBob = AttributeChanges.NONE.withUid(BOB.uid());
    AttributeChanges toBobOfAnother = toBob.withGid(300);
    for (AttributeChanges change : List.of(toBob, toBobOfAnother)) {
      assertFails(
          Status.QUOTA,
          () -> volume.setAttributes(Caller.SUPERUSER, created.handle(), change, null));
    }
    assertThat(created.file().attributes().uid()).isEqualTo(ALICE.uid());
    assertThat(used(created)).isEqualTo(12 * KIB);
    created.file().truncate(8 * KIB);
    assertFails(
        Status.QUOTA,
        () -> volume.setAttributes(Caller.SUPERUSER, created.handle(), toBobOfAnother, null));
    volume.setAttributes(Caller.SUPERUSER, created.handle(), toBob, null);
    Quota bobs = quota(created);
    assertThat(bobs.usedBytes()).isEqualTo(8 * KIB);
    assertThat(bobs.availableHardBytes()).isZero();
    Created alices = create(ALICE, "g");
    volume.limitUser(ALICE.uid(), 0, 1);
    assertThat(used(alices)).as("she has no usage").isZero();
  }

  /** RFC 8881 section 5.8.2.30: of the quota sets of a file, the one with the smallest quota. */
  @Test
  void quotaReportsTheSmallerOfUserAndGroup() throws Exception {
    Created created = create(ALICE, "f");
    assertThat(created.file().write(bytes(8 * KIB), 0)).isEqualTo(8 * KIB);
    try (OpenFile ofGroup =
        volume
            .create(
                BOB,
                volume.root(),
                Name.of("g"),
                CreateMode.guarded(),
                AttributeChanges.NONE.withGid(100),
                OpenAccess.READ_WRITE)
            .file()) {
      assertThat(ofGroup.write(bytes(4 * KIB), 0)).isEqualTo(4 * KIB);
    }
    volume.limitUser(ALICE.uid(), 12 * KIB, 100 * KIB);
    volume.limitGroup(100, 0, 32 * KIB);
    assertThat(volume.quota(ALICE, created.handle()))
        .isEqualTo(new Quota(20 * KIB, 4 * KIB, 12 * KIB));
    assertThat(volume.quota(BOB, created.handle()))
        .as("the caller sees the quota of the group only")
        .isEqualTo(new Quota(20 * KIB, 20 * KIB, 12 * KIB));
    Space space = volume.space(STRANGER);
    assertThat(volume.quota(STRANGER, created.handle()))
        .as("the caller sees neither quota")
        .isEqualTo(
            new Quota(
                space.availableBytes(),
                space.availableBytes(),
                space.totalBytes() - space.freeBytes()));
    volume.limitUser(ALICE.uid(), 4 * KIB, 0);
    volume.limitGroup(100, 0, 1L << 40);
    assertThat(volume.quota(ALICE, created.handle()))
        .as("over the soft limit, and no hard one that is smaller than the volume")
        .isEqualTo(new Quota(space.availableBytes(), 0, 12 * KIB));
  }

  @Test
  void withoutLimitsTheSpaceOfTheVolumeIsTheLimit() throws Exception {
    Created created = create(ALICE, "f");
    assertThat(created.file().write(bytes(8 * KIB), 0)).isEqualTo(8 * KIB);
    long available = volume.space(ALICE).availableBytes();
    assertThat(volume.quota(ALICE, created.handle()))
        .isEqualTo(new Quota(available, available, 8 * KIB));
    assertThat(volume.quota(ALICE, volume.root()))
        .as("the root belongs to the superuser")
        .isEqualTo(
            new Quota(
                available,
                available,
                volume.space(ALICE).totalBytes() - volume.space(ALICE).freeBytes()));
  }

  @Test
  void aVolumeWithoutQuotasHasNoLimits() {
    MemoryVolume plain = MemoryHarness.builder().build();
    Handle root = plain.root();
    assertFails(Status.NOT_SUPPORTED, () -> plain.limitUser(1000, 0, 1));
    assertFails(Status.NOT_SUPPORTED, () -> plain.limitGroup(1000, 0, 1));
    assertFails(Status.NOT_SUPPORTED, () -> plain.quota(ALICE, root));
  }
}
