package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.TimeChange;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Permissions. If the volume does not enforce the permissions of the caller, each test checks that
 * the outcome is the same for all callers.
 */
abstract class PermissionsTheme extends Theme {
  private static final long GROUP = 2000;

  private final Caller member = new Caller(2001, 2001, List.of(GROUP));
  private final Caller stranger = Caller.of(2002, 2002);

  private boolean enforced() {
    return has(Feature.CALLER_ENFORCED);
  }

  /**
   * Checks that a call is denied if the volume enforces permissions, and that it has the same
   * outcome as for the owner otherwise.
   */
  private void assertDenied(Status status, Call call) throws StorageException {
    if (enforced()) {
      assertStatus(status, call);
    } else {
      call.run();
    }
  }

  private Handle fileOfMode(int mode) throws StorageException {
    Handle handle = file("f" + mode);
    if (enforced()) {
      AttributeChanges group = AttributeChanges.NONE.withGid(GROUP);
      volume().setAttributes(Caller.SUPERUSER, handle, group, null);
    }
    volume().setAttributes(user(), handle, AttributeChanges.ofMode(mode), null);
    return handle;
  }

  private void tryOpen(Caller caller, Handle handle, OpenAccess access) throws StorageException {
    volume().open(caller, handle, access).close();
  }

  @Test
  void theCreatorOwnsANewObject() throws Exception {
    Handle directory = directory(root(), "d");
    volume().setAttributes(user(), directory, AttributeChanges.ofMode(0777), null);
    Created created =
        volume()
            .create(
                stranger,
                directory,
                name("f"),
                CreateMode.guarded(),
                AttributeChanges.NONE,
                OpenAccess.READ);
    created.file().close();
    Attributes attributes = created.attributes();
    Attributes expected = attributes(directory);
    assertThat(attributes.uid()).isEqualTo(enforced() ? stranger.uid() : expected.uid());
    assertThat(attributes.gid()).isEqualTo(enforced() ? stranger.gid() : expected.gid());
  }

  @Test
  void ownerGroupAndOthersHaveTheirOwnBits() throws Exception {
    Handle file = fileOfMode(0640);
    tryOpen(user(), file, OpenAccess.READ_WRITE);
    tryOpen(member, file, OpenAccess.READ);
    assertDenied(Status.ACCESS, () -> tryOpen(member, file, OpenAccess.WRITE));
    assertDenied(Status.ACCESS, () -> tryOpen(stranger, file, OpenAccess.READ));
    assertDenied(Status.ACCESS, () -> tryOpen(stranger, file, OpenAccess.READ_WRITE));
  }

  @Test
  void executePermissionPermitsReading() throws Exception {
    Handle file = fileOfMode(0711);
    tryOpen(stranger, file, OpenAccess.READ);
  }

  @Test
  void accessPredictsTheResultOfOpen() throws Exception {
    Set<AccessRight> all = EnumSet.of(AccessRight.READ, AccessRight.MODIFY, AccessRight.EXECUTE);
    Handle file = fileOfMode(0754);
    assertThat(volume().access(user(), file, all)).isEqualTo(all);
    if (enforced()) {
      assertThat(volume().access(member, file, all))
          .containsExactlyInAnyOrder(AccessRight.READ, AccessRight.EXECUTE);
      assertThat(volume().access(stranger, file, all)).containsExactly(AccessRight.READ);
    } else {
      assertThat(volume().access(stranger, file, all)).isEqualTo(all);
    }
  }

  @Test
  void theSuperuserHasAllPermissionsButExecuteWithoutExecuteBits() throws Exception {
    Handle file = fileOfMode(0);
    if (enforced()) {
      tryOpen(Caller.SUPERUSER, file, OpenAccess.READ_WRITE);
    }
    Set<AccessRight> execute = EnumSet.of(AccessRight.EXECUTE);
    assertThat(volume().access(Caller.SUPERUSER, file, execute)).isEmpty();
  }

  @Test
  void searchReadAndWriteOfADirectoryNeedTheirBits() throws Exception {
    Handle directory = directory(root(), "d");
    file(directory, "f", utf8("x"));
    volume().setAttributes(user(), directory, AttributeChanges.ofMode(0711), null);
    volume().lookup(stranger, directory, name("f"));
    assertDenied(
        Status.ACCESS, () -> volume().readDirectory(stranger, directory, 0, 0, entry -> true));
    volume().setAttributes(user(), directory, AttributeChanges.ofMode(0744), null);
    volume().readDirectory(stranger, directory, 0, 0, entry -> true);
    assertDenied(Status.ACCESS, () -> volume().lookup(stranger, directory, name("f")));
    volume().setAttributes(user(), directory, AttributeChanges.ofMode(0755), null);
    assertDenied(
        Status.ACCESS,
        () -> volume().remove(stranger, directory, name("f"), RemoveKind.NON_DIRECTORY));
  }

  @Test
  void aStickyDirectoryProtectsTheEntriesOfOthers() throws Exception {
    Handle directory = directory(root(), "d");
    volume().setAttributes(user(), directory, AttributeChanges.ofMode(01777), null);
    file(directory, "f", utf8("x"));
    assertDenied(
        Status.PERMISSION,
        () -> volume().rename(stranger, directory, name("f"), directory, name("g")));
    String now = enforced() ? "f" : "g";
    volume().remove(user(), directory, name(now), RemoveKind.NON_DIRECTORY);
  }

  @Test
  void onlyTheOwnerChangesAttributes() throws Exception {
    Handle file = fileOfMode(0666);
    AttributeChanges time = AttributeChanges.NONE.withMtime(TimeChange.at(Instant.EPOCH));
    AttributeChanges mode = AttributeChanges.ofMode(0666);
    assertDenied(Status.PERMISSION, () -> volume().setAttributes(stranger, file, mode, null));
    assertDenied(Status.PERMISSION, () -> volume().setAttributes(stranger, file, time, null));
    AttributeChanges now = AttributeChanges.NONE.withMtime(TimeChange.now());
    volume().setAttributes(stranger, file, now, null);
    volume().setAttributes(stranger, file, AttributeChanges.ofSize(0), null);
    volume().setAttributes(user(), file, AttributeChanges.ofMode(0644), null);
    assertDenied(Status.ACCESS, () -> volume().setAttributes(stranger, file, now, null));
    AttributeChanges size = AttributeChanges.ofSize(0);
    assertDenied(Status.ACCESS, () -> volume().setAttributes(stranger, file, size, null));
  }

  @Test
  void onlyTheSuperuserChangesTheOwner() throws Exception {
    if (!enforced()) {
      // The result depends on the privileges of the process; the tests of the volume cover it.
      assertThat(attributes(file("f")).uid()).isEqualTo(attributes(directory(root(), "d")).uid());
      return;
    }
    Handle file = fileOfMode(04755);
    AttributeChanges owner = AttributeChanges.NONE.withUid(stranger.uid());
    assertStatus(Status.PERMISSION, () -> volume().setAttributes(user(), file, owner, null));
    assertThat(attributes(file).mode()).isEqualTo(04755);
    volume().setAttributes(Caller.SUPERUSER, file, owner, null);
    assertThat(attributes(file).uid()).isEqualTo(stranger.uid());
    assertThat(attributes(file).mode()).as("set-user-id is cleared").isEqualTo(0755);
    AttributeChanges group = AttributeChanges.NONE.withGid(9999);
    assertStatus(Status.PERMISSION, () -> volume().setAttributes(stranger, file, group, null));
  }

  @Test
  void theCreatorMayUseANewFileRegardlessOfItsMode() throws Exception {
    Created created =
        volume()
            .create(
                user(),
                root(),
                name("f"),
                CreateMode.guarded(),
                AttributeChanges.ofMode(0),
                OpenAccess.READ_WRITE);
    write(created.file(), 0, utf8("mine"));
    assertThat(read(created.file(), 0, 10)).isEqualTo(utf8("mine"));
    created.file().close();
    assertThat(attributes(created.handle()).mode()).isZero();
  }

  @Test
  void newObjectsInheritTheGroupOfASetGroupIdDirectory() throws Exception {
    if (!enforced()) {
      assertThat(attributes(directory(root(), "d")).gid()).isEqualTo(attributes(file("f")).gid());
      return;
    }
    Handle directory = directory(root(), "d");
    AttributeChanges changes = AttributeChanges.ofMode(02777).withGid(GROUP);
    volume().setAttributes(Caller.SUPERUSER, directory, changes, null);
    Handle below = directory(directory, "below");
    assertThat(attributes(below).gid()).isEqualTo(GROUP);
    assertThat(attributes(below).mode() & 02000).isEqualTo(02000);
    assertThat(attributes(file(directory, "f", new byte[0])).gid()).isEqualTo(GROUP);
  }

  @Test
  void writingClearsTheSetIdBits() throws Exception {
    Handle file = fileOfMode(06777);
    if (!enforced()) {
      assertThat(attributes(file).mode()).isEqualTo(06777);
      return;
    }
    try (var open = volume().open(stranger, file, OpenAccess.WRITE)) {
      write(open, 0, utf8("x"));
    }
    assertThat(attributes(file).mode()).isEqualTo(0777);
  }

  /** Unlike the kernel with fs.protected_hardlinks, which applies to local users. */
  @Test
  void linkingNeedsPermissionOnTheDirectoryOnly() throws Exception {
    Handle secret = fileOfMode(0600);
    Handle setUser = fileOfMode(04755);
    Handle symlink = symlink(root(), "l", "target");
    Handle open = directory(root(), "open");
    volume().setAttributes(user(), open, AttributeChanges.ofMode(01777), null);
    volume().link(stranger, secret, open, name("secret"));
    volume().link(stranger, setUser, open, name("setUser"));
    volume().link(stranger, symlink, open, name("symlink"));
    assertThat(attributes(secret).nlink()).isEqualTo(2);
    assertDenied(Status.ACCESS, () -> tryOpen(stranger, secret, OpenAccess.READ));
    Handle closed = directory(root(), "closed");
    volume().setAttributes(user(), closed, AttributeChanges.ofMode(0755), null);
    assertDenied(Status.ACCESS, () -> volume().link(stranger, secret, closed, name("x")));
    assertDenied(
        Status.PERMISSION,
        () -> volume().remove(stranger, open, name("secret"), RemoveKind.NON_DIRECTORY));
  }

  /** Unlike the kernel with fs.protected_regular, which applies to open(2) with O_CREAT. */
  @Test
  void inAStickyDirectoryOpeningAFileNeedsOnlyItsOwnBits() throws Exception {
    Handle directory = directory(root(), "d");
    volume().setAttributes(user(), directory, AttributeChanges.ofMode(01777), null);
    Handle file = file(directory, "f", utf8("x"));
    volume().setAttributes(user(), file, AttributeChanges.ofMode(0666), null);
    Created found =
        volume()
            .create(
                stranger,
                directory,
                name("f"),
                CreateMode.unchecked(),
                AttributeChanges.ofSize(0),
                OpenAccess.READ_WRITE);
    found.file().close();
    assertThat(found.createdNow()).isFalse();
    assertThat(attributes(file).size()).isZero();
  }
}
