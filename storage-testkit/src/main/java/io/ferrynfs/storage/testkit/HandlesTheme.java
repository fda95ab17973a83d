package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Handles: an object keeps its handle during its whole life, and no other object gets it. */
abstract class HandlesTheme extends Theme {
  private static final Set<Status> REFUSED = EnumSet.of(Status.BAD_HANDLE, Status.STALE);

  /** Creates one object of each type that every user may create. */
  private Map<String, Handle> oneOfEach() throws StorageException {
    Map<String, Handle> handles = new LinkedHashMap<>();
    handles.put("file", file("file"));
    handles.put("directory", directory(root(), "directory"));
    handles.put("symlink", symlink(root(), "symlink", "target"));
    handles.put("fifo", fifo("fifo"));
    return handles;
  }

  private Handle fifo(String name) throws StorageException {
    return volume()
        .makeNode(
            user(),
            root(),
            name(name),
            FileType.FIFO,
            DeviceNumber.NONE,
            AttributeChanges.ofMode(0644))
        .handle();
  }

  @Test
  void lookupReturnsTheHandleOfTheCreation() throws Exception {
    for (Map.Entry<String, Handle> entry : oneOfEach().entrySet()) {
      assertThat(lookup(root(), entry.getKey())).isEqualTo(entry.getValue());
    }
  }

  @Test
  void allNamesOfAnObjectHaveOneHandle() throws Exception {
    Handle file = file("a");
    Handle directory = directory(root(), "d");
    volume().link(user(), file, root(), name("b"));
    volume().link(user(), file, directory, name("c"));
    assertThat(lookup(root(), "b")).isEqualTo(file);
    assertThat(lookup(directory, "c")).isEqualTo(file);
    remove(root(), "a");
    assertThat(lookup(root(), "b")).isEqualTo(file);
    assertThat(content(file)).isEqualTo(utf8("a"));
  }

  @Test
  void aRenameKeepsTheHandle() throws Exception {
    Handle target = directory(root(), "target");
    for (Map.Entry<String, Handle> entry : oneOfEach().entrySet()) {
      Handle handle = entry.getValue();
      volume().rename(user(), root(), name(entry.getKey()), target, name("moved"));
      assertThat(lookup(target, "moved")).isEqualTo(handle);
      assertThat(attributes(handle).nlink()).isPositive();
      remove(target, "moved");
      assertGone(handle);
    }
  }

  @Test
  void theHandleOfADeepDirectorySurvivesTheRenameOfOneAboveIt() throws Exception {
    Handle top = directory(root(), "top");
    Handle middle = directory(top, "middle");
    Handle file = file(middle, "file", utf8("deep"));
    volume().rename(user(), root(), name("top"), root(), name("renamed"));
    assertThat(content(file)).isEqualTo(utf8("deep"));
    assertThat(lookup(middle, "file")).isEqualTo(file);
    harness().reopen();
    assertThat(content(file)).isEqualTo(utf8("deep"));
  }

  @Test
  void handlesAndTheIdSurviveARestart() throws Exception {
    Map<String, Handle> handles = oneOfEach();
    Handle root = root();
    UUID id = volume().id();
    Map<String, Attributes> before = new LinkedHashMap<>();
    for (Map.Entry<String, Handle> entry : handles.entrySet()) {
      before.put(entry.getKey(), attributes(entry.getValue()));
    }
    harness().reopen();
    assertThat(volume().id()).isEqualTo(id);
    assertThat(root()).isEqualTo(root);
    for (Map.Entry<String, Handle> entry : handles.entrySet()) {
      Attributes was = Objects.requireNonNull(before.get(entry.getKey()));
      Attributes is = attributes(entry.getValue());
      // A volume may lose the number of changes within one clock tick; the object then counts as
      // changed.
      assertThat(is).usingRecursiveComparison().ignoringFields("change").isEqualTo(was);
      assertThat(is.change()).isGreaterThanOrEqualTo(was.change());
      assertThat(lookup(root(), entry.getKey())).isEqualTo(entry.getValue());
    }
    assertThat(content(lookup(root(), "file"))).isEqualTo(utf8("file"));
  }

  @Test
  void handlesAreNotReusedAfterARestart() throws Exception {
    Set<Handle> seen = new HashSet<>(oneOfEach().values());
    remove(root(), "file");
    harness().reopen();
    assertThat(seen.add(file("other"))).isTrue();
  }

  @Test
  void theHandleOfARemovedObjectStaysStale() throws Exception {
    Map<String, Handle> handles = oneOfEach();
    for (Map.Entry<String, Handle> entry : handles.entrySet()) {
      remove(root(), entry.getKey());
      assertGone(entry.getValue());
    }
    oneOfEach();
    handles.values().forEach(this::assertGone);
    harness().reopen();
    handles.values().forEach(this::assertGone);
  }

  @Test
  void theHandleOfAReplacedObjectIsStale() throws Exception {
    Handle replaced = file("replaced");
    Handle moved = file("moved");
    volume().rename(user(), root(), name("moved"), root(), name("replaced"));
    assertGone(replaced);
    assertThat(lookup(root(), "replaced")).isEqualTo(moved);
  }

  @Test
  void noHandleIsAssignedTwice() throws Exception {
    Set<Handle> seen = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      assertThat(seen.add(file("again"))).isTrue();
      remove(root(), "again");
    }
    seen.forEach(this::assertGone);
  }

  @Test
  void aFileRemovedWhileOpenExistsUntilItIsClosed() throws Exception {
    Created created = create(root(), "open");
    Handle handle = created.handle();
    write(created.file(), 0, utf8("still here"));
    remove(root(), "open");
    assertThat(names(root())).isEmpty();
    assertThat(created.file().attributes().nlink()).isZero();
    assertThat(attributes(handle).nlink()).isZero();
    assertThat(content(handle)).isEqualTo(utf8("still here"));
    created.file().close();
    assertGone(handle);
  }

  @Test
  void aNewFileOfTheSameNameHasAnotherHandle() throws Exception {
    Created created = create(root(), "name");
    write(created.file(), 0, utf8("old"));
    remove(root(), "name");
    Handle other = file(root(), "name", utf8("new"));
    assertThat(other).isNotEqualTo(created.handle());
    assertThat(read(created.file(), 0, 10)).isEqualTo(utf8("old"));
    assertThat(content(other)).isEqualTo(utf8("new"));
    created.file().close();
  }

  @Test
  void arbitraryBytesFailWithBadHandle() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    for (int size = 1; size <= Handle.BYTES_MAX; size++) {
      byte[] garbage = new byte[size];
      assertRejected(Handle.of(garbage));
      random.nextBytes(garbage);
      assertRejected(Handle.of(garbage));
    }
  }

  @Test
  void aTruncatedOrPaddedHandleFailsWithBadHandle() throws Exception {
    byte[] whole = file("file").toByteArray();
    for (int size = 1; size <= Math.min(whole.length + 8, Handle.BYTES_MAX); size++) {
      if (size != whole.length) {
        assertRejected(Handle.of(Arrays.copyOf(whole, size)));
      }
    }
  }

  /** Covers existing and removed objects. */
  @Test
  void checkHandleAcceptsHandlesOfTheVolume() throws Exception {
    volume().checkHandle(root());
    for (Map.Entry<String, Handle> entry : oneOfEach().entrySet()) {
      volume().checkHandle(entry.getValue());
      remove(root(), entry.getKey());
      volume().checkHandle(entry.getValue());
    }
  }

  private void assertRejected(Handle handle) {
    assertStatus(Status.BAD_HANDLE, () -> volume().checkHandle(handle));
    assertStatusIn(REFUSED, () -> attributes(handle));
    assertStatusIn(REFUSED, () -> open(handle, OpenAccess.READ).close());
    assertStatusIn(REFUSED, () -> lookup(handle, "x"));
    assertStatusIn(REFUSED, () -> names(handle));
  }

  @Test
  void aHandleWithAFlippedBitNeverLeavesTheVolume() throws Exception {
    Map<String, Handle> handles = oneOfEach();
    Set<Handle> known = new HashSet<>(handles.values());
    known.add(root());
    byte[] bytes = lookup(root(), "directory").toByteArray();
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] forged = bytes.clone();
      forged[bit / 8] ^= (byte) (1 << bit % 8);
      assertRejectedOrKnown(Handle.of(forged), known);
    }
  }

  private void assertRejectedOrKnown(Handle forged, Set<Handle> known) {
    try {
      attributes(forged);
    } catch (StorageException e) {
      assertThat(e.status()).isIn(REFUSED);
      return;
    }
    assertThat(known).contains(forged);
  }
}
