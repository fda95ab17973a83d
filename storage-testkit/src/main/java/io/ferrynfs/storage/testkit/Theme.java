package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.DirectoryPage;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The fixture of all themes: the volume and helpers for calls on it. */
@NullUnmarked // Set before each test and closed after it.
abstract class Theme {
  static final int KIB = 1024;
  static final int MIB = 1024 * KIB;

  private VolumeHarness harness;

  /** A call that may throw a StorageException. */
  @FunctionalInterface
  interface Call {
    void run() throws StorageException;
  }

  abstract VolumeHarness newHarness() throws Exception;

  @BeforeEach
  final void openVolume() throws Exception {
    harness = newHarness();
  }

  @AfterEach
  final void closeVolume() throws Exception {
    harness.close();
  }

  final VolumeHarness harness() {
    return harness;
  }

  final Volume volume() {
    return harness.volume();
  }

  final Caller user() {
    return harness.user();
  }

  final Handle root() {
    return volume().root();
  }

  final boolean has(Feature feature) {
    return volume().features().contains(feature);
  }

  static Name name(String text) throws StorageException {
    return Name.of(text);
  }

  /** Returns pseudorandom bytes that depend only on the seed. */
  static byte[] bytes(int count, long seed) {
    byte[] bytes = new byte[count];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  final Created create(Handle directory, String name) throws StorageException {
    return volume()
        .create(
            user(),
            directory,
            name(name),
            CreateMode.guarded(),
            AttributeChanges.ofMode(0644),
            OpenAccess.READ_WRITE);
  }

  /** Creates a file with the given content. */
  final Handle file(Handle directory, String name, byte[] content) throws StorageException {
    Created created = create(directory, name);
    try (OpenFile file = created.file()) {
      write(file, 0, content);
    }
    return created.handle();
  }

  final Handle file(String name) throws StorageException {
    return file(root(), name, utf8(name));
  }

  final Handle directory(Handle directory, String name) throws StorageException {
    return volume()
        .makeDirectory(user(), directory, name(name), AttributeChanges.ofMode(0755))
        .handle();
  }

  final Handle symlink(Handle directory, String name, String target) throws StorageException {
    return volume()
        .makeSymlink(user(), directory, name(name), utf8(target), AttributeChanges.NONE)
        .handle();
  }

  final void remove(Handle directory, String name) throws StorageException {
    volume().remove(user(), directory, name(name), RemoveKind.ANY);
  }

  final Handle lookup(Handle directory, String name) throws StorageException {
    return volume().lookup(user(), directory, name(name)).handle();
  }

  final Attributes attributes(Handle handle) throws StorageException {
    return volume().attributes(user(), handle);
  }

  final OpenFile open(Handle handle, OpenAccess access) throws StorageException {
    return volume().open(user(), handle, access);
  }

  final byte[] content(Handle handle) throws StorageException {
    try (OpenFile file = open(handle, OpenAccess.READ)) {
      return read(file, 0, (int) file.size());
    }
  }

  static byte[] read(OpenFile file, long position, int count) throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    int got = file.read(buffer, position);
    assertThat(buffer.position()).as("position after read").isEqualTo(got);
    byte[] bytes = new byte[got];
    buffer.get(0, bytes);
    return bytes;
  }

  static void write(OpenFile file, long position, byte[] content) throws StorageException {
    ByteBuffer buffer = ByteBuffer.wrap(content);
    assertThat(file.write(buffer, position)).isEqualTo(content.length);
    assertThat(buffer.hasRemaining()).isFalse();
  }

  /** Returns all names of a directory in the order of their bytes, in one read. */
  final List<Name> names(Handle directory) throws StorageException {
    List<Name> names = new ArrayList<>();
    DirectoryPage page =
        volume().readDirectory(user(), directory, 0, 0, entry -> names.add(entry.name()));
    assertThat(page.end()).isTrue();
    names.sort(null);
    return names;
  }

  static List<Name> namesOf(String... texts) throws StorageException {
    List<Name> names = new ArrayList<>();
    for (String text : texts) {
      names.add(name(text));
    }
    names.sort(null);
    return names;
  }

  static void assertStatus(Status expected, Call call) {
    assertThat(statusOf(call)).isEqualTo(expected);
  }

  static void assertStatusIn(Set<Status> expected, Call call) {
    assertThat(statusOf(call)).isIn(expected);
  }

  private static Status statusOf(Call call) {
    try {
      call.run();
    } catch (StorageException e) {
      return e.status();
    }
    return fail("the call did not fail");
  }

  /** Checks that all calls on a handle fail with STALE. */
  final void assertGone(Handle handle) {
    assertStatus(Status.STALE, () -> attributes(handle));
    assertStatus(Status.STALE, () -> open(handle, OpenAccess.READ).close());
    assertStatus(Status.STALE, () -> lookup(handle, "x"));
    assertStatus(
        Status.STALE,
        () -> volume().setAttributes(user(), handle, AttributeChanges.ofMode(0600), null));
  }
}
