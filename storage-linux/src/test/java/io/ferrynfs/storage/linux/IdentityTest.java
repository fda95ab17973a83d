package io.ferrynfs.storage.linux;

import static io.ferrynfs.storage.linux.HandleTest.assertStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.NameCalls;
import io.ferrynfs.storage.linux.call.OpenCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Callers that try to act as another user. */
final class IdentityTest {
  private static final int RENAME_EXCHANGE = 2;
  private static final byte[] NEW = {'n', 'e', 'w'};
  private static final byte[] TREASURE = "treasure".getBytes(StandardCharsets.UTF_8);
  private static final long NO_ID = 0xffff_ffffL;
  private static final AttributeChanges PRIVATE = AttributeChanges.ofMode(0600);
  private final Object swapping = new Object();

  private final LinuxHarness harness = LinuxHarness.of(HandleMode.AUTO);
  private final LinuxVolume volume = harness.volume();

  private Created create(Caller caller, CreateMode mode, AttributeChanges changes)
      throws StorageException {
    return volume.create(caller, volume.root(), Name.of("f"), mode, changes, OpenAccess.READ_WRITE);
  }

  /** chown(2) interprets this id as "keep the owner", which would be the server's own user. */
  @Test
  void noFileIsCreatedForOrGivenToTheInvalidId() throws Exception {
    try (harness) {
      Caller none = Caller.of(NO_ID, NO_ID);
      AttributeChanges setUid = AttributeChanges.ofMode(04755);
      if (LinuxHarness.isSuperuser()) {
        assertStatus(Status.INVALID, () -> create(none, CreateMode.guarded(), setUid));
        assertStatus(
            Status.INVALID, () -> volume.makeDirectory(none, volume.root(), Name.of("d"), setUid));
        assertThat(Files.exists(harness.exported().resolve("f"))).isFalse();
      }
      try (var file = create(Caller.SUPERUSER, CreateMode.guarded(), PRIVATE).file()) {
        for (AttributeChanges changes :
            new AttributeChanges[] {
              AttributeChanges.NONE.withUid(NO_ID), AttributeChanges.NONE.withGid(NO_ID)
            }) {
          assertStatus(
              Status.INVALID,
              () -> volume.setAttributes(Caller.SUPERUSER, file.handle(), changes, null));
        }
      }
    }
  }

  @Test
  void anExclusiveRetryByAnotherUserFails() throws Exception {
    try (harness) {
      create(harness.user(), CreateMode.exclusive(42), PRIVATE).file().close();
      Caller other = LinuxHarness.isSuperuser() ? Caller.of(2000, 2000) : harness.user();
      CreateMode mode = CreateMode.exclusive(LinuxHarness.isSuperuser() ? 42 : 43);
      assertStatus(Status.EXISTS, () -> create(other, mode, PRIVATE));
    }
  }

  /**
   * Otherwise a user with write permission on a directory would gain an object by moving it there
   * in time.
   */
  @Test
  void anObjectThatReplacesANewDirectoryKeepsItsOwner() throws Exception {
    try (harness) {
      Path place = Files.createDirectory(harness.exported().resolve("place"));
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxrwxrwx"));
      Path treasure = Files.createDirectory(place.resolve("treasure"));
      Files.createFile(treasure.resolve("gold"));
      Object owner = Files.getAttribute(treasure, "unix:uid");
      Object mode = Files.getAttribute(treasure, "unix:mode");
      Handle directory = volume.lookup(harness.user(), volume.root(), Name.of("place")).handle();
      AtomicBoolean enough = new AtomicBoolean();
      Thread swapper = Thread.ofPlatform().start(() -> swap(place, enough));
      try {
        for (int i = 0; i < 1_000; i++) {
          makeAndRemove(place, directory);
        }
      } finally {
        enough.set(true);
        swapper.join();
      }
      assertThat(Files.getAttribute(treasure, "unix:uid")).isEqualTo(owner);
      assertThat(Files.getAttribute(treasure, "unix:mode")).isEqualTo(mode);
    }
  }

  /** Swaps the two names repeatedly, but not while a round cleans up. */
  private void swap(Path place, AtomicBoolean enough) {
    byte[] path = place.toString().getBytes(StandardCharsets.UTF_8);
    int fd = OpenCalls.openat(Flags.AT_FDCWD, path, Flags.O_PATH, 0);
    while (!enough.get()) {
      synchronized (swapping) {
        NameCalls.renameat2(fd, NEW, fd, TREASURE, RENAME_EXCHANGE);
      }
    }
    OpenCalls.close(fd);
  }

  /** At the end the full directory has its original name, and the new one is removed. */
  private void makeAndRemove(Path place, Handle directory) throws Exception {
    try {
      volume.makeDirectory(
          harness.user(), directory, Name.of("new"), AttributeChanges.ofMode(0711));
    } catch (StorageException e) {
      assertThat(e.status()).isEqualTo(Status.TRY_LATER);
    }
    synchronized (swapping) {
      Path made = place.resolve("new");
      Path treasure = place.resolve("treasure");
      if (Files.exists(made.resolve("gold"))) {
        Files.deleteIfExists(treasure);
        Files.move(made, treasure);
      } else {
        Files.deleteIfExists(made);
      }
    }
  }
}
