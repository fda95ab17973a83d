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
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Space;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.XattrMode;
import io.ferrynfs.storage.XattrName;
import java.nio.ByteBuffer;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The additional guarantees of the memory volume: an exact capacity and determinism. */
class MemoryVolumeTest {
  private static final Caller USER = Caller.of(1000, 1000);
  private static final int KIB = 1024;

  private static Created create(MemoryVolume volume, String name) throws StorageException {
    return volume.create(
        USER,
        volume.root(),
        Name.of(name),
        CreateMode.guarded(),
        AttributeChanges.NONE,
        OpenAccess.READ_WRITE);
  }

  private static MemoryVolume small(int capacityBytes) {
    return MemoryHarness.builder().capacityBytes(capacityBytes).build();
  }

  private static Space space(MemoryVolume volume) throws StorageException {
    return volume.space(USER);
  }

  private static void assertFails(Status status, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.status()).isEqualTo(status));
  }

  @Test
  void aWriteEndsWhereTheSpaceEnds() throws Exception {
    MemoryVolume volume = small(64 * KIB);
    try (OpenFile file = create(volume, "f").file()) {
      ByteBuffer source = ByteBuffer.allocate(100 * KIB);
      int written = file.write(source, 0);
      assertThat(written).isEqualTo(60 * KIB).isEqualTo((int) file.size());
      assertThat(source.remaining()).isEqualTo(40 * KIB);
      assertFails(Status.NO_SPACE, () -> file.write(source, written));
      assertThat(file.write(ByteBuffer.allocate(100), 0)).as("in place").isEqualTo(100);
      file.truncate(0);
      assertThat(file.write(ByteBuffer.allocate(4 * KIB), 0)).isEqualTo(4 * KIB);
    }
  }

  @Test
  void aCopyEndsWhereTheSpaceEnds() throws Exception {
    MemoryVolume volume = small(100 * KIB);
    try (OpenFile from = create(volume, "from").file();
        OpenFile to = create(volume, "to").file()) {
      assertThat(from.write(ByteBuffer.allocate(60 * KIB), 0)).isEqualTo(60 * KIB);
      // An odd offset prevents sharing.
      long copied = to.copyRange(from, 1, 0, 60 * KIB);
      assertThat(copied).isEqualTo(to.size()).isBetween(20L * KIB, 40L * KIB);
      assertFails(Status.NO_SPACE, () -> to.copyRange(from, 1 + copied, copied, 8 * KIB));
    }
  }

  @Test
  void reservingMoreThanTheFreeSpaceFails() throws Exception {
    MemoryVolume volume = small(100 * KIB);
    try (OpenFile file = create(volume, "f").file()) {
      assertThat(file.write(ByteBuffer.allocate(10), 0)).isEqualTo(10);
      long before = space(volume).freeBytes();
      assertFails(Status.NO_SPACE, () -> file.allocate(0, 101 * KIB));
      assertFails(Status.NO_SPACE, () -> file.allocate(0, 1L << 60));
      assertThat(file.size()).isEqualTo(10);
      assertThat(space(volume).freeBytes()).isEqualTo(before);
    }
  }

  @Test
  void removalFreesAllSpace() throws Exception {
    MemoryVolume volume = small(1024 * KIB);
    Space empty = space(volume);
    Name f = Name.of("f");
    Created created = create(volume, "f");
    try (OpenFile file = created.file()) {
      assertThat(file.write(ByteBuffer.allocate(50 * KIB), 3)).isEqualTo(50 * KIB);
      file.allocate(100 * KIB, 10 * KIB);
      file.deallocate(0, 10 * KIB);
      try (OpenFile clone = create(volume, "clone").file()) {
        clone.cloneRange(file, 0, 0, 0);
        assertThat(clone.write(ByteBuffer.allocate(1), 20 * KIB)).isEqualTo(1);
      }
    }
    XattrName attribute = XattrName.of("a");
    volume.setXattr(USER, created.handle(), attribute, new byte[999], XattrMode.CREATE);
    volume.setXattr(USER, created.handle(), attribute, new byte[9], XattrMode.REPLACE);
    volume.link(USER, created.handle(), volume.root(), Name.of("g"));
    volume.makeSymlink(USER, volume.root(), Name.of("l"), new byte[] {'t'}, AttributeChanges.NONE);
    volume.rename(USER, volume.root(), Name.of("l"), volume.root(), f);
    for (String name : List.of("f", "g", "clone")) {
      volume.remove(USER, volume.root(), Name.of(name), RemoveKind.ANY);
    }
    assertThat(space(volume)).isEqualTo(empty);
  }

  @Test
  void sharedBlocksAreChargedOnce() throws Exception {
    MemoryVolume volume = small(1024 * KIB);
    try (OpenFile from = create(volume, "from").file();
        OpenFile to = create(volume, "to").file()) {
      assertThat(from.write(ByteBuffer.allocate(400 * KIB), 0)).isEqualTo(400 * KIB);
      long before = space(volume).freeBytes();
      to.cloneRange(from, 0, 0, 0);
      assertThat(space(volume).freeBytes()).isEqualTo(before);
      assertThat(to.attributes().spaceUsed()).isEqualTo(400 * KIB);
      assertThat(to.write(ByteBuffer.allocate(1), 0)).isEqualTo(1);
      assertThat(space(volume).freeBytes()).isEqualTo(before - 4 * KIB);
    }
  }

  @Test
  void theNumberOfObjectsIsBounded() throws Exception {
    MemoryVolume volume = MemoryHarness.builder().filesMax(3).build();
    for (String name : List.of("a", "b", "c")) {
      create(volume, name).file().close();
    }
    assertFails(Status.NO_SPACE, () -> create(volume, "d"));
    volume.remove(USER, volume.root(), Name.of("a"), RemoveKind.ANY);
    create(volume, "d").file().close();
    assertThat(space(volume).freeFiles()).isZero();
  }

  @Test
  void namesTargetsAndAttributesAreCharged() throws Exception {
    MemoryVolume volume = small(64 * KIB);
    assertFails(
        Status.NO_SPACE,
        () -> {
          for (int i = 0; i < 1000; i++) {
            volume.makeDirectory(
                USER, volume.root(), Name.of("directory" + i), AttributeChanges.NONE);
          }
        });
    assertThat(space(volume).freeBytes()).isBetween(0L, 1023L);
  }

  @Test
  void theNumberOfOpenFilesIsBounded() throws Exception {
    MemoryVolume volume = MemoryHarness.builder().openFilesMax(2).build();
    OpenFile first = create(volume, "a").file();
    try (OpenFile second = first.duplicate()) {
      assertFails(Status.TRY_LATER, first::duplicate);
      assertFails(Status.TRY_LATER, () -> create(volume, "b"));
      assertFails(Status.NOT_FOUND, () -> volume.lookup(USER, volume.root(), Name.of("b")));
      assertThat(second.size()).isZero();
    }
    create(volume, "b").file().close();
    first.close();
  }

  @Test
  void aRestartClosesFilesAndRemovesThoseWithoutAName() throws Exception {
    MemoryVolume volume = MemoryHarness.builder().build();
    Space empty = space(volume);
    Created created = create(volume, "f");
    volume.remove(USER, volume.root(), Name.of("f"), RemoveKind.ANY);
    Handle handle = created.handle();
    MemoryVolume reopened = volume.reopen();
    assertFails(Status.CLOSED, () -> created.file().size());
    assertFails(Status.STALE, () -> reopened.attributes(USER, handle));
    assertThat(space(reopened)).isEqualTo(empty);
  }

  @Test
  void equalCallsCreateEqualVolumes() throws Exception {
    MemoryVolume first = MemoryHarness.builder().build();
    MemoryVolume second = MemoryHarness.builder().build();
    Created one = create(first, "f");
    Created two = create(second, "f");
    assertThat(one.handle()).isEqualTo(two.handle());
    assertThat(one.attributes()).isEqualTo(two.attributes());
    assertThat(one.change()).isEqualTo(two.change());
    one.file().close();
    two.file().close();
  }

  @Test
  void volumesWithDifferentNamesRejectEachOthersHandles() {
    MemoryVolume first = MemoryHarness.builder().build();
    MemoryVolume other = MemoryVolume.builder("other", new SteppingClock()).build();
    assertThat(other.id()).isNotEqualTo(first.id());
    assertFails(Status.BAD_HANDLE, () -> other.attributes(USER, first.root()));
  }

  @Test
  void anUnassignedCookieFailsWithBadCookie() {
    MemoryVolume volume = MemoryHarness.builder().build();
    for (long cookie : new long[] {1, 2, 3, -1, Long.MAX_VALUE}) {
      assertFails(
          Status.BAD_COOKIE,
          () -> volume.readDirectory(USER, volume.root(), cookie, 1, entry -> true));
    }
  }
}
