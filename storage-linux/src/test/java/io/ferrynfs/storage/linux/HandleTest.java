package io.ferrynfs.storage.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.OpenCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handles across restarts, renames and changes of the tree by other processes. */
final class HandleTest {
  private static final Caller ROOT = Caller.SUPERUSER;

  static void assertStatus(Status status, ThrowingCall call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.status()).isEqualTo(status));
  }

  /** A call that may fail. */
  interface ThrowingCall {
    void run() throws Exception;
  }

  private static Handle make(LinuxVolume volume, Handle directory, String name, String text)
      throws StorageException {
    Created created =
        volume.create(
            ROOT,
            directory,
            Name.of(name),
            CreateMode.guarded(),
            AttributeChanges.ofMode(0644),
            OpenAccess.READ_WRITE);
    created.file().write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    created.file().close();
    return created.handle();
  }

  private static String read(LinuxVolume volume, Handle handle) throws StorageException {
    try (var file = volume.open(ROOT, handle, OpenAccess.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(64);
      file.read(buffer, 0);
      return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }
  }

  private static Handle mkdir(LinuxVolume volume, Handle directory, String name)
      throws StorageException {
    return volume
        .makeDirectory(ROOT, directory, Name.of(name), AttributeChanges.ofMode(0755))
        .handle();
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void aHandleSurvivesARestartAndLocalAndRemoteRenames(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      Handle a = mkdir(harness.volume(), harness.volume().root(), "a");
      Handle b = mkdir(harness.volume(), a, "b");
      Handle file = make(harness.volume(), b, "f", "hello");
      harness.reopen();
      assertThat(read(harness.volume(), file)).isEqualTo("hello");
      harness.volume().rename(ROOT, b, Name.of("f"), a, Name.of("g"));
      harness.reopen();
      assertThat(read(harness.volume(), file)).isEqualTo("hello");
      assertThat(harness.volume().lookup(ROOT, a, Name.of("g")).handle()).isEqualTo(file);
      Files.move(harness.exported().resolve("a/g"), harness.exported().resolve("a/h"));
      assertThat(read(harness.volume(), file)).isEqualTo("hello");
      Files.move(harness.exported().resolve("a/h"), harness.exported().resolve("top"));
      assertThat(read(harness.volume(), file)).isEqualTo("hello");
      Files.move(harness.exported().resolve("top"), harness.exported().resolve("a/b/deep"));
      Files.move(harness.exported().resolve("a"), harness.exported().resolve("z"));
      harness.reopen();
      assertThat(read(harness.volume(), file)).isEqualTo("hello");
      assertThat(harness.volume().parent(ROOT, b)).isEqualTo(a);
      assertThat(harness.volume().parent(ROOT, a)).isEqualTo(harness.volume().root());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void oneVolumeAtATimeLocksTheStateDirectory(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      long before = openDescriptors();
      assertThatThrownBy(() -> LinuxVolume.open(harness.exported(), harness.options()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is in use by another server: stop that one, or");
      assertThat(openDescriptors()).isEqualTo(before);
      harness.reopen();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void theHandleOfARemovedFileIsStaleAfterItsInodeIsReused(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      LinuxVolume volume = harness.volume();
      for (int i = 0; i < 20; i++) {
        Handle first = make(volume, volume.root(), "f", "one");
        volume.remove(ROOT, volume.root(), Name.of("f"), RemoveKind.ANY);
        Handle second = make(volume, volume.root(), "f", "two");
        assertThat(second).isNotEqualTo(first);
        assertStatus(Status.STALE, () -> volume.attributes(ROOT, first));
        Files.delete(harness.exported().resolve("f"));
        assertStatus(Status.STALE, () -> volume.attributes(ROOT, second));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void theHandleOfARemovedFileIsStaleWhileItsInodeIsReused(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      LinuxVolume volume = harness.volume();
      Handle gone = make(volume, volume.root(), "f", "one");
      volume.remove(ROOT, volume.root(), Name.of("f"), RemoveKind.ANY);
      AtomicBoolean enough = new AtomicBoolean();
      Thread maker = Thread.ofPlatform().start(() -> makeUnnamedFiles(harness.exported(), enough));
      try {
        for (int i = 0; i < 50_000; i++) {
          assertStatus(Status.STALE, () -> volume.attributes(ROOT, gone));
        }
      } finally {
        enough.set(true);
        maker.join();
      }
    }
  }

  private static void makeUnnamedFiles(Path directory, AtomicBoolean enough) {
    byte[] path = directory.toString().getBytes(StandardCharsets.UTF_8);
    while (!enough.get()) {
      int fd = OpenCalls.openat(Flags.AT_FDCWD, path, Flags.O_TMPFILE | Flags.O_RDWR, 0600);
      if (fd >= 0) {
        OpenCalls.close(fd);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void anOpenFileKeepsItsHandleAfterTheRemovalOfItsLastName(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      LinuxVolume volume = harness.volume();
      Handle handle = make(volume, volume.root(), "f", "still here");
      try (var open = volume.open(ROOT, handle, OpenAccess.READ)) {
        volume.remove(ROOT, volume.root(), Name.of("f"), RemoveKind.ANY);
        assertThat(volume.attributes(ROOT, handle).nlink()).isZero();
        assertThat(read(volume, handle)).isEqualTo("still here");
        assertThat(open.attributes().nlink()).isZero();
      }
      assertStatus(Status.STALE, () -> volume.attributes(ROOT, handle));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void anyOfSeveralHardLinksLeadsToTheFile(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      LinuxVolume volume = harness.volume();
      Handle root = volume.root();
      Handle directory = mkdir(volume, root, "d");
      Handle handle = make(volume, root, "0", "linked");
      for (int i = 1; i < 8; i++) {
        volume.link(ROOT, handle, directory, Name.of("" + i));
      }
      for (int i = 7; i > 0; i--) {
        assertThat(volume.lookup(ROOT, directory, Name.of("" + i)).handle()).isEqualTo(handle);
        volume.remove(ROOT, directory, Name.of("" + i), RemoveKind.NON_DIRECTORY);
        assertThat(volume.attributes(ROOT, handle).nlink()).isEqualTo(i);
      }
      harness.reopen();
      assertThat(read(harness.volume(), handle)).isEqualTo("linked");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void aHandleWithAFlippedBitFailsWithBadHandle(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      LinuxVolume volume = harness.volume();
      byte[] good = make(volume, volume.root(), "f", "").toByteArray();
      for (int bit = 0; bit < good.length * 8; bit++) {
        byte[] bad = good.clone();
        bad[bit / 8] ^= (byte) (1 << bit % 8);
        assertStatus(Status.BAD_HANDLE, () -> volume.attributes(ROOT, Handle.of(bad)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void theHandleOfADirectoryThatIsMovedOutIsStale(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      LinuxVolume volume = harness.volume();
      Handle directory = mkdir(volume, volume.root(), "d");
      Handle inner = mkdir(volume, directory, "inner");
      Path outside = harness.outside().resolve("moved");
      Files.move(harness.exported().resolve("d"), outside);
      assertStatus(Status.STALE, () -> volume.attributes(ROOT, directory));
      assertStatus(Status.STALE, () -> volume.lookup(ROOT, inner, Name.of("x")));
      assertStatus(Status.STALE, () -> volume.parent(ROOT, inner));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void anExclusiveCreationIsRecognizedAfterARestart(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      Handle first = exclusive(harness.volume(), 0x1234567890abcdefL);
      harness.reopen();
      LinuxVolume volume = harness.volume();
      assertThat(exclusive(volume, 0x1234567890abcdefL)).isEqualTo(first);
      assertStatus(Status.EXISTS, () -> exclusive(volume, 0x1234567890abcdeeL));
    }
  }

  private static Handle exclusive(LinuxVolume volume, long verifier) throws StorageException {
    Created created =
        volume.create(
            ROOT,
            volume.root(),
            Name.of("x"),
            CreateMode.exclusive(verifier),
            AttributeChanges.ofMode(0600),
            OpenAccess.WRITE);
    created.file().close();
    return created.handle();
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void everyChangeWithinATickChangesTheChangeAttribute(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      LinuxVolume volume = harness.volume();
      Handle handle = make(volume, volume.root(), "f", "");
      long last = volume.attributes(ROOT, handle).change();
      try (var file = volume.open(ROOT, handle, OpenAccess.WRITE)) {
        for (int i = 0; i < 1000; i++) {
          file.write(ByteBuffer.wrap(new byte[] {(byte) i}), 0);
          Attributes now = volume.attributes(ROOT, handle);
          assertThat(now.change()).isGreaterThan(last);
          last = now.change();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void symlinksAndDotsNeverLeadOut(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      LinuxVolume volume = harness.volume();
      Files.writeString(harness.outside().resolve("secret"), "secret");
      Files.createSymbolicLink(harness.exported().resolve("out"), harness.outside());
      Handle link = volume.lookup(ROOT, volume.root(), Name.of("out")).handle();
      assertThat(volume.attributes(ROOT, link).isSymlink()).isTrue();
      assertStatus(Status.SYMLINK, () -> volume.lookup(ROOT, link, Name.of("secret")));
      assertStatus(Status.SYMLINK, () -> volume.open(ROOT, link, OpenAccess.READ));
      assertStatus(Status.NOT_FOUND, () -> volume.parent(ROOT, volume.root()));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void anEscapeRacingWithRenamesNeverSucceeds(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      LinuxVolume volume = harness.volume();
      Handle directory = mkdir(volume, volume.root(), "d");
      make(volume, directory, "f", "inside");
      Path inside = harness.exported().resolve("d");
      Path aside = harness.exported().resolve("aside");
      Path other = Files.createDirectory(harness.outside().resolve("other"));
      Files.writeString(other.resolve("f"), "outside");
      for (int i = 0; i < 50; i++) {
        Files.move(inside, aside);
        Files.createSymbolicLink(inside, other);
        Handle found = volume.lookup(ROOT, directory, Name.of("f")).handle();
        assertThat(read(volume, found)).isEqualTo("inside");
        Files.delete(inside);
        Files.move(aside, inside);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "INDEX"})
  void callsLeaveNoDescriptorOpen(HandleMode mode) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(mode)) {
      useEverything(harness, "warm");
      long before = openDescriptors();
      for (int i = 0; i < 20; i++) {
        useEverything(harness, "n" + i);
      }
      assertThat(openDescriptors()).isEqualTo(before);
    }
  }

  private static void useEverything(LinuxHarness harness, String name) throws Exception {
    LinuxVolume volume = harness.volume();
    Handle root = volume.root();
    Handle directory = mkdir(volume, root, name);
    Handle file = make(volume, directory, "f", "text");
    assertStatus(Status.EXISTS, () -> make(volume, directory, "f", "text"));
    assertStatus(Status.NOT_DIRECTORY, () -> volume.lookup(ROOT, file, Name.of("x")));
    assertStatus(Status.NOT_FOUND, () -> volume.lookup(ROOT, root, Name.of("none")));
    assertStatus(Status.IS_DIRECTORY, () -> volume.open(ROOT, directory, OpenAccess.READ));
    volume.setAttributes(ROOT, file, AttributeChanges.ofSize(2), null);
    try (var open = volume.open(ROOT, file, OpenAccess.READ_WRITE);
        var twin = open.duplicate()) {
      volume.setAttributes(ROOT, file, AttributeChanges.ofSize(3), open);
      var out = Channels.newChannel(new ByteArrayOutputStream());
      assertThat(twin.transferTo(0, 10, out)).isEqualTo(3);
    }
    volume.readDirectory(ROOT, directory, 0, 0, entry -> entry.handle().size() > 100);
    volume.link(ROOT, file, root, Name.of(name + "l"));
    assertStatus(Status.EXISTS, () -> volume.link(ROOT, file, root, Name.of(name + "l")));
    volume.rename(ROOT, root, Name.of(name + "l"), directory, Name.of("f2"));
    assertStatus(
        Status.NOT_EMPTY, () -> volume.remove(ROOT, root, Name.of(name), RemoveKind.DIRECTORY));
    volume.remove(ROOT, directory, Name.of("f"), RemoveKind.ANY);
    volume.remove(ROOT, directory, Name.of("f2"), RemoveKind.ANY);
    volume.remove(ROOT, root, Name.of(name), RemoveKind.DIRECTORY);
    assertStatus(Status.STALE, () -> volume.lookup(ROOT, directory, Name.of("f")));
    harness.reopen();
  }

  private static long openDescriptors() throws IOException {
    try (var fds = Files.list(Path.of("/proc/self/fd"))) {
      return fds.count();
    }
  }
}
