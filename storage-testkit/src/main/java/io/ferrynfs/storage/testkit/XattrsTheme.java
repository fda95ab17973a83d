package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.XattrMode;
import io.ferrynfs.storage.XattrName;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Extended attributes. On a volume without them each test checks for NOT_SUPPORTED. */
abstract class XattrsTheme extends Theme {
  private ChangeInfo set(Handle handle, String name, byte[] value, XattrMode mode)
      throws StorageException {
    return volume().setXattr(user(), handle, XattrName.of(name), value, mode);
  }

  private byte[] get(Handle handle, String name) throws StorageException {
    return volume().getXattr(user(), handle, XattrName.of(name));
  }

  private List<XattrName> list(Handle handle) throws StorageException {
    return volume().listXattrs(user(), handle);
  }

  /** Checks for NOT_SUPPORTED on a volume without the feature; returns whether it did. */
  private boolean assertLacking() throws StorageException {
    if (has(Feature.XATTRS)) {
      return false;
    }
    Handle file = file("without");
    assertStatus(Status.NOT_SUPPORTED, () -> get(file, "a"));
    assertStatus(Status.NOT_SUPPORTED, () -> set(file, "a", utf8("v"), XattrMode.EITHER));
    assertStatus(Status.NOT_SUPPORTED, () -> list(file));
    assertStatus(Status.NOT_SUPPORTED, () -> volume().removeXattr(user(), file, XattrName.of("a")));
    assertThat(volume().limits().xattrValueBytesMax()).isZero();
    return true;
  }

  @Test
  void aValueIsSetReadListedAndRemoved() throws Exception {
    if (assertLacking()) {
      return;
    }
    for (Handle handle : List.of(file("f"), directory(root(), "d"))) {
      assertThat(list(handle)).isEmpty();
      set(handle, "b", bytes(100, 1), XattrMode.EITHER);
      set(handle, "a", new byte[0], XattrMode.EITHER);
      assertThat(get(handle, "b")).isEqualTo(bytes(100, 1));
      assertThat(get(handle, "a")).isEmpty();
      assertThat(list(handle)).containsExactly(XattrName.of("a"), XattrName.of("b"));
      volume().removeXattr(user(), handle, XattrName.of("a"));
      assertThat(list(handle)).containsExactly(XattrName.of("b"));
      assertStatus(Status.NO_ATTRIBUTE, () -> get(handle, "a"));
    }
  }

  @Test
  void setXattrChecksTheExpectedState() throws Exception {
    if (assertLacking()) {
      return;
    }
    Handle file = file("f");
    assertStatus(Status.NO_ATTRIBUTE, () -> set(file, "a", utf8("1"), XattrMode.REPLACE));
    set(file, "a", utf8("2"), XattrMode.CREATE);
    assertStatus(Status.EXISTS, () -> set(file, "a", utf8("3"), XattrMode.CREATE));
    assertThat(get(file, "a")).isEqualTo(utf8("2"));
    set(file, "a", utf8("4"), XattrMode.REPLACE);
    assertThat(get(file, "a")).isEqualTo(utf8("4"));
    set(file, "a", utf8("5"), XattrMode.EITHER);
    assertThat(get(file, "a")).isEqualTo(utf8("5"));
  }

  @Test
  void aMissingAttributeFailsWithNoAttribute() throws Exception {
    if (assertLacking()) {
      return;
    }
    Handle file = file("f");
    assertStatus(Status.NO_ATTRIBUTE, () -> get(file, "missing"));
    assertStatus(
        Status.NO_ATTRIBUTE, () -> volume().removeXattr(user(), file, XattrName.of("missing")));
  }

  @Test
  void settingAnAttributeReportsTheChangeOfTheObject() throws Exception {
    if (assertLacking()) {
      return;
    }
    Handle file = file("f");
    long before = attributes(file).change();
    ChangeInfo set = set(file, "a", utf8("v"), XattrMode.EITHER);
    assertThat(set.before()).isEqualTo(before);
    assertThat(set.after()).isGreaterThan(before).isEqualTo(attributes(file).change());
    ChangeInfo removed = volume().removeXattr(user(), file, XattrName.of("a"));
    assertThat(removed.before()).isEqualTo(set.after());
    assertThat(removed.after()).isEqualTo(attributes(file).change());
  }

  @Test
  void aValueThatIsTooLongFails() throws Exception {
    if (assertLacking()) {
      return;
    }
    Handle file = file("f");
    byte[] tooLong = new byte[volume().limits().xattrValueBytesMax() + 1];
    assertStatus(Status.ATTRIBUTE_TOO_BIG, () -> set(file, "a", tooLong, XattrMode.EITHER));
    assertThat(list(file)).isEmpty();
  }

  @Test
  void namesAreBytesUpToTheLimit() throws Exception {
    if (assertLacking()) {
      return;
    }
    Handle file = file("f");
    int max = volume().limits().xattrNameBytesMax();
    for (String name : List.of("a/b", "user.a", ".", "..", "é", "x".repeat(max))) {
      set(file, name, utf8(name), XattrMode.CREATE);
      assertThat(get(file, name)).isEqualTo(utf8(name));
    }
    if (max < XattrName.BYTES_MAX) {
      String tooLong = "x".repeat(max + 1);
      assertStatus(Status.NAME_TOO_LONG, () -> set(file, tooLong, new byte[0], XattrMode.EITHER));
    }
    assertThat(list(file)).hasSize(6).isSorted();
  }

  @Test
  void onlyFilesAndDirectoriesHaveExtendedAttributes() throws Exception {
    if (assertLacking()) {
      return;
    }
    Handle fifo =
        volume()
            .makeNode(
                user(),
                root(),
                name("fifo"),
                FileType.FIFO,
                DeviceNumber.NONE,
                AttributeChanges.ofMode(0600))
            .handle();
    for (Handle other : List.of(symlink(root(), "l", "t"), fifo)) {
      assertThat(list(other)).isEmpty();
      assertStatus(Status.NO_ATTRIBUTE, () -> get(other, "a"));
      assertStatus(Status.PERMISSION, () -> set(other, "a", utf8("v"), XattrMode.EITHER));
      assertStatus(Status.PERMISSION, () -> volume().removeXattr(user(), other, XattrName.of("a")));
      Set<AccessRight> all = EnumSet.of(AccessRight.XATTR_LIST, AccessRight.XATTR_WRITE);
      assertThat(volume().access(user(), other, all)).containsExactly(AccessRight.XATTR_LIST);
    }
  }

  @Test
  void extendedAttributesSurviveARenameAndARestart() throws Exception {
    if (assertLacking()) {
      return;
    }
    Handle file = file("f");
    set(file, "a", utf8("kept"), XattrMode.EITHER);
    volume().rename(user(), root(), name("f"), root(), name("g"));
    harness().reopen();
    assertThat(get(lookup(root(), "g"), "a")).isEqualTo(utf8("kept"));
    remove(root(), "g");
    assertStatus(Status.STALE, () -> get(file, "a"));
  }
}
