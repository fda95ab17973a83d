package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import org.junit.jupiter.api.Test;

/** Hard links and the removal of names. */
abstract class LinksTheme extends Theme {
  private ChangeInfo link(Handle existing, Handle directory, String name) throws StorageException {
    return volume().link(user(), existing, directory, name(name));
  }

  @Test
  void aLinkIsAnotherNameOfTheSameFile() throws Exception {
    Handle file = file("a");
    Handle directory = directory(root(), "d");
    link(file, directory, "b");
    assertThat(attributes(file).nlink()).isEqualTo(2);
    assertThat(content(lookup(directory, "b"))).isEqualTo(utf8("a"));
    remove(root(), "a");
    assertThat(attributes(file).nlink()).isEqualTo(1);
    assertThat(content(file)).isEqualTo(utf8("a"));
    remove(directory, "b");
    assertGone(file);
  }

  @Test
  void aHardLinkToASymbolicLinkDoesNotFollowIt() throws Exception {
    Handle link = symlink(root(), "l", "nowhere");
    link(link, root(), "m");
    assertThat(lookup(root(), "m")).isEqualTo(link);
    assertThat(attributes(link).nlink()).isEqualTo(2);
    assertThat(volume().readLink(user(), lookup(root(), "m"))).isEqualTo(utf8("nowhere"));
  }

  @Test
  void aDirectoryCannotBeLinked() throws Exception {
    Handle directory = directory(root(), "d");
    assertStatus(Status.IS_DIRECTORY, () -> link(directory, root(), "e"));
    assertStatus(Status.IS_DIRECTORY, () -> link(root(), directory, "up"));
    assertThat(names(root())).isEqualTo(namesOf("d"));
  }

  @Test
  void aLinkOverAnExistingNameFails() throws Exception {
    Handle file = file("a");
    Handle other = file("b");
    assertStatus(Status.EXISTS, () -> link(file, root(), "b"));
    assertStatus(Status.EXISTS, () -> link(file, root(), "a"));
    assertThat(lookup(root(), "b")).isEqualTo(other);
    assertThat(attributes(file).nlink()).isEqualTo(1);
  }

  @Test
  void linksBeyondTheLimitFail() throws Exception {
    Handle file = file("f");
    long max = volume().limits().linkCountMax();
    assertThat(max).isGreaterThanOrEqualTo(8);
    if (max > 200) {
      for (int i = 0; i < 100; i++) {
        link(file, root(), "link" + i);
      }
      assertThat(attributes(file).nlink()).isEqualTo(101);
      return;
    }
    for (long i = 1; i < max; i++) {
      link(file, root(), "link" + i);
    }
    assertStatus(Status.TOO_MANY_LINKS, () -> link(file, root(), "more"));
    assertThat(attributes(file).nlink()).isEqualTo(max);
  }

  @Test
  void aRemovedFileCannotBeLinkedTo() throws Exception {
    Created created = create(root(), "f");
    remove(root(), "f");
    assertStatus(Status.STALE, () -> link(created.handle(), root(), "g"));
    created.file().close();
    assertStatus(Status.STALE, () -> link(created.handle(), root(), "g"));
    assertThat(names(root())).isEmpty();
  }

  @Test
  void removeChecksTheExpectedKind() throws Exception {
    Name d = name("d");
    Name f = name("f");
    directory(root(), "d");
    file("f");
    assertStatus(
        Status.IS_DIRECTORY, () -> volume().remove(user(), root(), d, RemoveKind.NON_DIRECTORY));
    assertStatus(
        Status.NOT_DIRECTORY, () -> volume().remove(user(), root(), f, RemoveKind.DIRECTORY));
    assertThat(names(root())).isEqualTo(namesOf("d", "f"));
    volume().remove(user(), root(), d, RemoveKind.DIRECTORY);
    volume().remove(user(), root(), f, RemoveKind.NON_DIRECTORY);
    assertThat(names(root())).isEmpty();
  }

  @Test
  void aDirectoryWithEntriesIsNotRemoved() throws Exception {
    Handle directory = directory(root(), "d");
    symlink(directory, "l", "t");
    for (RemoveKind kind : new RemoveKind[] {RemoveKind.ANY, RemoveKind.DIRECTORY}) {
      assertStatus(Status.NOT_EMPTY, () -> volume().remove(user(), root(), name("d"), kind));
    }
    remove(directory, "l");
    remove(root(), "d");
    assertGone(directory);
  }

  @Test
  void creationInARemovedDirectoryFails() throws Exception {
    Handle directory = directory(root(), "d");
    Handle file = file("f");
    remove(root(), "d");
    assertStatus(Status.STALE, () -> create(directory, "x"));
    assertStatus(Status.STALE, () -> directory(directory, "x"));
    assertStatus(Status.STALE, () -> symlink(directory, "x", "t"));
    assertStatus(Status.STALE, () -> link(file, directory, "x"));
    assertStatus(Status.STALE, () -> names(directory));
    assertStatus(
        Status.STALE, () -> volume().rename(user(), root(), name("f"), directory, name("x")));
  }

  @Test
  void aSymbolicLinkIsRemovedNotItsTarget() throws Exception {
    Handle directory = directory(root(), "d");
    symlink(root(), "l", "d");
    remove(root(), "l");
    assertThat(lookup(root(), "d")).isEqualTo(directory);
  }
}
