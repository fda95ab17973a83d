package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Renamed;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import org.junit.jupiter.api.Test;

/** Renames: the permitted replacements, and the effects on other names. */
abstract class RenamingTheme extends Theme {
  private Renamed rename(Handle from, String fromName, Handle to, String toName)
      throws StorageException {
    return volume().rename(user(), from, name(fromName), to, name(toName));
  }

  private Renamed rename(String from, String to) throws StorageException {
    return rename(root(), from, root(), to);
  }

  @Test
  void anEntryGetsAnotherName() throws Exception {
    Handle file = file("a");
    Renamed renamed = rename("a", "b");
    assertThat(renamed.source()).isEqualTo(renamed.target());
    assertThat(names(root())).isEqualTo(namesOf("b"));
    assertThat(lookup(root(), "b")).isEqualTo(file);
    assertStatus(Status.NOT_FOUND, () -> lookup(root(), "a"));
  }

  @Test
  void aMoveReportsTheChangesOfBothDirectories() throws Exception {
    Handle from = directory(root(), "from");
    Handle to = directory(root(), "to");
    Handle file = file(from, "f", utf8("content"));
    long before = attributes(to).change();
    Renamed renamed = rename(from, "f", to, "g");
    assertThat(renamed.target().before()).isEqualTo(before);
    assertThat(renamed.target().after()).isEqualTo(attributes(to).change());
    assertThat(renamed.source().after()).isEqualTo(attributes(from).change());
    assertThat(names(from)).isEmpty();
    assertThat(lookup(to, "g")).isEqualTo(file);
    assertThat(content(file)).isEqualTo(utf8("content"));
  }

  @Test
  void aFileReplacesAnotherNonDirectory() throws Exception {
    Handle link = symlink(root(), "b", "t");
    Handle file = file("a");
    rename("a", "b");
    assertGone(link);
    assertThat(lookup(root(), "b")).isEqualTo(file);
    symlink(root(), "c", "t");
    rename("c", "b");
    assertGone(file);
    assertThat(names(root())).isEqualTo(namesOf("b"));
  }

  @Test
  void aFileDoesNotReplaceADirectory() throws Exception {
    Handle directory = directory(root(), "d");
    file("f");
    assertStatus(Status.IS_DIRECTORY, () -> rename("f", "d"));
    file(directory, "x", new byte[0]);
    assertStatus(Status.IS_DIRECTORY, () -> rename("f", "d"));
    assertThat(names(root())).isEqualTo(namesOf("d", "f"));
  }

  @Test
  void aDirectoryReplacesAnEmptyDirectoryOnly() throws Exception {
    Handle moved = directory(root(), "a");
    file(moved, "inside", new byte[0]);
    Handle replaced = directory(root(), "b");
    file("f");
    Handle full = directory(root(), "full");
    file(full, "x", new byte[0]);
    assertStatus(Status.NOT_DIRECTORY, () -> rename("a", "f"));
    assertStatus(Status.NOT_EMPTY, () -> rename("a", "full"));
    rename("a", "b");
    assertGone(replaced);
    assertThat(lookup(root(), "b")).isEqualTo(moved);
    assertThat(names(moved)).isEqualTo(namesOf("inside"));
    assertThat(names(root())).isEqualTo(namesOf("b", "f", "full"));
  }

  @Test
  void aDirectoryCannotBeMovedUnderItself() throws Exception {
    Handle a = directory(root(), "a");
    Handle b = directory(a, "b");
    Handle c = directory(b, "c");
    assertStatus(Status.INVALID, () -> rename(root(), "a", a, "x"));
    assertStatus(Status.INVALID, () -> rename(root(), "a", b, "x"));
    assertStatus(Status.INVALID, () -> rename(root(), "a", c, "x"));
    assertStatus(Status.INVALID, () -> rename(root(), "a", a, "b"));
    assertStatus(Status.NOT_EMPTY, () -> rename(a, "b", root(), "a"));
    rename(a, "b", root(), "b");
    rename(root(), "a", c, "a");
    assertThat(volume().parent(user(), a)).isEqualTo(c);
  }

  @Test
  void aRenameBetweenTwoNamesOfOneFileHasNoEffect() throws Exception {
    Handle file = file("a");
    volume().link(user(), file, root(), name("b"));
    long before = attributes(root()).change();
    Renamed renamed = rename("a", "b");
    assertThat(names(root())).isEqualTo(namesOf("a", "b"));
    assertThat(attributes(file).nlink()).isEqualTo(2);
    assertThat(renamed.source().before()).isEqualTo(renamed.source().after()).isEqualTo(before);
  }

  @Test
  void aRenameToTheSameNameHasNoEffect() throws Exception {
    Handle file = file("a");
    Handle directory = directory(root(), "d");
    rename("a", "a");
    rename("d", "d");
    assertThat(lookup(root(), "a")).isEqualTo(file);
    assertThat(lookup(root(), "d")).isEqualTo(directory);
  }

  @Test
  void replacingOneOfTwoNamesKeepsTheOther() throws Exception {
    Handle file = file("a");
    volume().link(user(), file, root(), name("b"));
    file("c");
    rename("c", "b");
    assertThat(attributes(file).nlink()).isEqualTo(1);
    assertThat(lookup(root(), "a")).isEqualTo(file);
  }

  @Test
  void aFailedRenameChangesNothing() throws Exception {
    Handle from = directory(root(), "from");
    file(from, "f", utf8("f"));
    Handle to = directory(root(), "to");
    directory(to, "d");
    long fromChange = attributes(from).change();
    long toChange = attributes(to).change();
    assertStatus(Status.IS_DIRECTORY, () -> rename(from, "f", to, "d"));
    assertStatus(Status.NOT_FOUND, () -> rename(from, "missing", to, "d"));
    assertThat(attributes(from).change()).isEqualTo(fromChange);
    assertThat(attributes(to).change()).isEqualTo(toChange);
  }

  @Test
  void aRenameSurvivesARestart() throws Exception {
    Handle from = directory(root(), "from");
    Handle to = directory(root(), "to");
    Handle file = file(from, "f", new byte[0]);
    rename(from, "f", to, "g");
    rename("to", "moved");
    harness().reopen();
    assertThat(names(root())).isEqualTo(namesOf("from", "moved"));
    assertThat(lookup(to, "g")).isEqualTo(file);
    assertThat(names(from)).isEmpty();
  }
}
