package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names: a name is a sequence of bytes and refers only to an entry of its directory. */
abstract class NamesTheme extends Theme {
  /** Returns names that have a special meaning to other systems. */
  private static List<Name> hostileNames() throws StorageException {
    List<Name> names = new ArrayList<>();
    for (String text :
        List.of(
            "...",
            "..a",
            ".hidden",
            "-rf",
            "*",
            "?",
            " ",
            "\\",
            "..\\..\\etc",
            "a\nb",
            "\r",
            "\t",
            "\u0001",
            "\u007f",
            "%2e%2e%2f",
            "con",
            "a:b",
            "~",
            "$HOME",
            "\u202etxt.exe")) {
      names.add(name(text));
    }
    names.add(Name.of(new byte[] {(byte) 0xff, (byte) 0xfe}));
    names.add(Name.of(new byte[] {(byte) 0xc3}));
    names.add(Name.of("é".getBytes(StandardCharsets.ISO_8859_1)));
    names.add(Name.of("x".repeat(255)));
    return names;
  }

  @Test
  void namesOfAnyBytesAreReturnedUnchanged() throws Exception {
    List<Name> names = hostileNames();
    for (Name name : names) {
      volume().makeDirectory(user(), root(), name, AttributeChanges.NONE);
    }
    names.sort(null);
    assertThat(names(root())).isEqualTo(names);
    for (Name name : names) {
      assertThat(volume().lookup(user(), root(), name).attributes().isDirectory()).isTrue();
    }
  }

  @Test
  void everyNameCanBeRenamedAndRemoved() throws Exception {
    Handle other = directory(root(), "other");
    for (Name name : hostileNames()) {
      volume().makeSymlink(user(), root(), name, utf8("t"), AttributeChanges.NONE);
      volume().rename(user(), root(), name, other, name);
      volume().remove(user(), other, name, RemoveKind.NON_DIRECTORY);
    }
    assertThat(names(other)).isEmpty();
    assertThat(names(root())).isEqualTo(namesOf("other"));
  }

  @Test
  void namesThatDifferInCaseAreDistinctUnlessTheVolumeIsCaseInsensitive() throws Exception {
    Handle small = directory(root(), "a");
    if (has(Feature.CASE_INSENSITIVE)) {
      assertThat(lookup(root(), "A")).isEqualTo(small);
    } else {
      assertStatus(Status.NOT_FOUND, () -> lookup(root(), "A"));
      assertThat(directory(root(), "A")).isNotEqualTo(small);
    }
  }

  @Test
  void differentlyEncodedTextsAreDistinctNames() throws Exception {
    Handle composed = directory(root(), "\u00e9");
    Handle decomposed = directory(root(), "e\u0301");
    assertThat(composed).isNotEqualTo(decomposed);
    assertThat(names(root())).hasSize(2);
  }

  @Test
  void aMissingNameIsNotFound() throws Exception {
    assertStatus(Status.NOT_FOUND, () -> lookup(root(), "missing"));
    assertStatus(Status.NOT_FOUND, () -> remove(root(), "missing"));
    Name missing = name("missing");
    assertStatus(
        Status.NOT_FOUND, () -> volume().rename(user(), root(), missing, root(), name("x")));
    assertThat(names(root())).isEmpty();
  }

  @Test
  void theRootHasNoParent() throws Exception {
    assertStatus(Status.NOT_FOUND, () -> volume().parent(user(), root()));
    Handle child = directory(root(), "child");
    Handle grandchild = directory(child, "grandchild");
    assertThat(volume().parent(user(), child)).isEqualTo(root());
    assertThat(volume().parent(user(), grandchild)).isEqualTo(child);
  }

  @Test
  void theParentFollowsARename() throws Exception {
    Handle from = directory(root(), "from");
    Handle to = directory(root(), "to");
    Handle moved = directory(from, "moved");
    volume().rename(user(), from, name("moved"), to, name("moved"));
    assertThat(volume().parent(user(), moved)).isEqualTo(to);
  }

  @Test
  void lookupInAFileFailsWithNotDirectory() throws Exception {
    assertNothingUnder(file("file"), Status.NOT_DIRECTORY);
  }

  @Test
  void noCallFollowsASymbolicLink() throws Exception {
    directory(root(), "directory");
    for (String target : List.of("directory", "/", "/etc", "..", "../..", ".", "loop")) {
      Handle link = symlink(root(), "loop", target);
      assertNothingUnder(link, Status.SYMLINK);
      assertStatus(Status.SYMLINK, () -> open(link, OpenAccess.READ).close());
      assertThat(lookup(root(), "loop")).isEqualTo(link);
      assertThat(attributes(link).isSymlink()).isTrue();
      remove(root(), "loop");
    }
    assertThat(names(root())).isEqualTo(namesOf("directory"));
  }

  private void assertNothingUnder(Handle handle, Status status) throws StorageException {
    Name name = name("etc");
    Handle other = directory(root(), "source");
    Handle there = file(other, "f", new byte[0]);
    AttributeChanges none = AttributeChanges.NONE;
    assertStatus(status, () -> lookup(handle, "etc"));
    assertStatus(status, () -> volume().parent(user(), handle));
    assertStatus(status, () -> create(handle, "etc"));
    assertStatus(status, () -> volume().makeDirectory(user(), handle, name, none));
    assertStatus(status, () -> volume().makeSymlink(user(), handle, name, utf8("t"), none));
    assertStatus(status, () -> volume().link(user(), there, handle, name));
    assertStatus(status, () -> volume().rename(user(), other, name("f"), handle, name));
    assertStatus(status, () -> volume().rename(user(), handle, name, other, name("g")));
    assertStatus(status, () -> remove(handle, "etc"));
    assertStatus(status, () -> names(handle));
    remove(other, "f");
    remove(root(), "source");
  }
}
