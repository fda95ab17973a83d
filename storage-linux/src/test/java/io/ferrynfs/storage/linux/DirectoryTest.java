package io.ferrynfs.storage.linux;

import static io.ferrynfs.storage.linux.HandleTest.assertStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.DirectoryPage;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.linux.tree.DirectoryListing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories with many entries and with mount points. */
final class DirectoryTest {
  private static final Caller ROOT = Caller.SUPERUSER;
  private static final int PAGE_ENTRIES = 333;
  @TempDir Path temporary;

  private static final int LINKS = 10_000;

  /** Reads all entries page by page; checks that no cookie is reserved. */
  private static List<String> readAll(Volume volume, Handle directory) throws StorageException {
    List<String> names = new ArrayList<>();
    long[] cookie = {0};
    long verifier = 0;
    DirectoryPage page;
    do {
      int[] taken = {0};
      page =
          volume.readDirectory(
              ROOT,
              directory,
              cookie[0],
              verifier,
              entry -> {
                if (taken[0] == PAGE_ENTRIES) {
                  return false;
                }
                taken[0]++;
                cookie[0] = entry.cookie();
                if (cookie[0] >= 0 && cookie[0] <= 2) {
                  throw new AssertionError("a reserved cookie");
                }
                names.add(entry.name().toString());
                return true;
              });
      verifier = page.verifier();
    } while (!page.end());
    return names;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp", "/dev/shm"})
  void aHundredThousandEntriesAreReadOnceDuringChanges(String where) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(Path.of(where), HandleMode.AUTO)) {
      Path big = Files.createDirectory(harness.exported().resolve("big"));
      Set<String> stay = new HashSet<>();
      for (int i = 0; i < 100_000; i++) {
        Path name = big.resolve("stays-" + i);
        stay.add("stays-" + i);
        // Only the names matter, and links are created faster than files.
        if (i % LINKS == 0) {
          Files.createFile(name);
        } else {
          Files.createLink(name, big.resolve("stays-" + (i - i % LINKS)));
        }
      }
      for (int i = 0; i < 2000; i++) {
        Files.createFile(big.resolve("goes-" + i));
      }
      Handle directory =
          harness.volume().lookup(ROOT, harness.volume().root(), Name.of("big")).handle();
      Thread others =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 2000; i++) {
                  try {
                    Files.delete(big.resolve("goes-" + i));
                    Files.createFile(big.resolve("comes-" + i));
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                }
              });
      List<String> read = readAll(harness.volume(), directory);
      others.join();
      Set<String> distinct = new HashSet<>(read);
      assertThat(distinct).hasSameSizeAs(read);
      assertThat(distinct.containsAll(stay)).isTrue();
    }
  }

  @Test
  void readingResumesAfterTheRemovalOfTheEntryAndARestart() throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(HandleMode.AUTO)) {
      for (int i = 0; i < 1000; i++) {
        Files.createFile(harness.exported().resolve("f" + i));
      }
      Handle root = harness.volume().root();
      List<String> first = new ArrayList<>();
      long[] cookie = {0};
      DirectoryPage page =
          harness
              .volume()
              .readDirectory(
                  ROOT,
                  root,
                  0,
                  0,
                  entry -> {
                    if (first.size() == 500) {
                      return false;
                    }
                    first.add(entry.name().toString());
                    cookie[0] = entry.cookie();
                    return true;
                  });
      harness.volume().remove(ROOT, root, Name.of(first.getLast()), RemoveKind.ANY);
      harness.reopen();
      List<String> rest = new ArrayList<>();
      harness
          .volume()
          .readDirectory(
              ROOT, root, cookie[0], page.verifier(), entry -> rest.add(entry.name().toString()));
      assertThat(rest).hasSize(500).doesNotContainAnyElementsOf(first);
    }
  }

  @Test
  void smallPositionsMapToUnreservedCookiesAndBack() {
    for (long position : new long[] {0, 1, 2, 3, 4, 1L << 40, Long.MAX_VALUE}) {
      long cookie = DirectoryListing.cookie(position);
      assertThat(cookie).isGreaterThan(2);
      assertThat(DirectoryListing.position(cookie)).isEqualTo(position);
    }
  }

  @Test
  void aMountPointIsListedAndNotEntered() throws Exception {
    if (!LinuxHarness.isSuperuser()) {
      // An ordinary user relies on the mount points of the machine: "/" contains /proc.
      assertNotEntered(Path.of("/"), "proc", temporary);
      return;
    }
    try (LinuxHarness harness = LinuxHarness.of(HandleMode.AUTO)) {
      Path point = Files.createDirectory(harness.exported().resolve("point"));
      run("mount", "-t", "tmpfs", "none", point.toString());
      try {
        Files.writeString(point.resolve("secret"), "of another filesystem");
        LinuxVolume volume = harness.volume();
        Handle root = volume.root();
        assertThat(readAll(volume, root)).containsExactly("point");
        assertStatus(Status.ACCESS, () -> volume.lookup(ROOT, root, Name.of("point")));
        assertStatus(
            Status.BUSY, () -> volume.remove(ROOT, root, Name.of("point"), RemoveKind.ANY));
        assertStatus(
            Status.BUSY,
            () -> volume.rename(ROOT, root, Name.of("point"), root, Name.of("elsewhere")));
      } finally {
        run("umount", point.toString());
      }
    }
  }

  private static void assertNotEntered(Path exported, String point, Path state) {
    Options options = Options.of(state).withHandleMode(HandleMode.INDEX);
    // The state directory is inside "/", so this check must precede all others.
    assertThat(exported.resolve(point)).exists();
    assertThatThrownBy(() -> LinuxVolume.open(exported, options))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("inside the exported directory");
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void aKeyThatOtherUsersCanReadOrReplaceIsRejected() throws Exception {
    Path state = Files.createDirectory(temporary.resolve("state"));
    Path exported = Files.createDirectory(temporary.resolve("exported"));
    LinuxVolume.open(exported, Options.of(state)).close();
    Files.setPosixFilePermissions(
        state.resolve("identity"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> LinuxVolume.open(exported, Options.of(state)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("others");
    Files.delete(state.resolve("identity"));
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> LinuxVolume.open(exported, Options.of(state)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("others");
  }

  @Test
  void anOrdinaryUserGetsTheIndexInsteadOfKernelHandles() throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(HandleMode.AUTO)) {
      assertThat(harness.volume().hasKernelHandles()).isEqualTo(LinuxHarness.isSuperuser());
    }
    Options options = Options.of(temporary.resolve("state")).withHandleMode(HandleMode.KERNEL);
    Path exported = Files.createDirectory(temporary.resolve("exported"));
    if (LinuxHarness.isSuperuser()) {
      LinuxVolume.open(exported, options).close();
    } else {
      assertThatThrownBy(() -> LinuxVolume.open(exported, options))
          .hasMessageContaining("CAP_DAC_READ_SEARCH");
    }
  }

  @Test
  void theDirectoryOfAnotherUserCannotBeReadOrChanged() throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(HandleMode.AUTO)) {
      if (!LinuxHarness.isSuperuser()) {
        assertThat(harness.volume().features()).doesNotContain(Feature.CALLER_ENFORCED);
        return;
      }
      Path secret = Files.createDirectory(harness.exported().resolve("d"));
      Files.writeString(secret.resolve("f"), "x");
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwx------"));
      Volume volume = harness.volume();
      Caller user = harness.user();
      Handle directory = volume.lookup(user, volume.root(), Name.of("d")).handle();
      Handle file = volume.lookup(ROOT, directory, Name.of("f")).handle();
      assertStatus(Status.ACCESS, () -> volume.lookup(user, directory, Name.of("f")));
      assertStatus(Status.ACCESS, () -> volume.readDirectory(user, directory, 0, 0, entry -> true));
      assertStatus(
          Status.ACCESS, () -> volume.remove(user, directory, Name.of("f"), RemoveKind.ANY));
      assertStatus(Status.ACCESS, () -> volume.open(user, file, OpenAccess.WRITE));
    }
  }
}
