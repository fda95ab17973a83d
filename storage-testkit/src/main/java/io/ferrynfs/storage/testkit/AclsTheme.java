package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.PosixAcl;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Access control lists. On a volume without them each test checks for NOT_SUPPORTED. */
abstract class AclsTheme extends Theme {
  private static final long NAMED_USER = 2001;
  private static final long NAMED_GROUP = 2002;

  private static PosixAcl acl(
      int owner,
      Map<Long, Integer> users,
      int group,
      Map<Long, Integer> groups,
      @Nullable Integer mask,
      int other) {
    return new PosixAcl(owner, new TreeMap<>(users), group, new TreeMap<>(groups), mask, other);
  }

  private static PosixAcl named() {
    return acl(6, Map.of(NAMED_USER, 6, 2005L, 0), 4, Map.of(NAMED_GROUP, 7), 6, 4);
  }

  /** Checks for NOT_SUPPORTED on a volume without the feature; returns whether it did. */
  private boolean assertLacking() throws StorageException {
    if (has(Feature.ACLS)) {
      return false;
    }
    Handle file = file("without");
    assertStatus(Status.NOT_SUPPORTED, () -> volume().acls(user(), file));
    assertStatus(Status.NOT_SUPPORTED, () -> set(file, new Acls(PosixAcl.ofMode(0600), null)));
    return true;
  }

  private void set(Handle handle, Acls acls) throws StorageException {
    volume().setAttributes(user(), handle, AttributeChanges.NONE.withAcls(acls), null);
  }

  private Acls acls(Handle handle) throws StorageException {
    return volume().acls(user(), handle);
  }

  private int mode(Handle handle) throws StorageException {
    return attributes(handle).mode();
  }

  @Test
  void anObjectWithoutAnAclHasThatOfItsMode() throws Exception {
    if (assertLacking()) {
      return;
    }
    assertThat(acls(file("f"))).isEqualTo(new Acls(PosixAcl.ofMode(0644), null));
    assertThat(acls(directory(root(), "d"))).isEqualTo(new Acls(PosixAcl.ofMode(0755), null));
    Handle link = symlink(root(), "l", "f");
    assertStatus(Status.NOT_SUPPORTED, () -> acls(link));
    assertStatus(Status.NOT_SUPPORTED, () -> set(link, new Acls(PosixAcl.ofMode(0644), null)));
  }

  @Test
  void anAclIsStoredAndTheModeShowsItsMask() throws Exception {
    if (assertLacking()) {
      return;
    }
    Handle file = file("f");
    long before = attributes(file).change();
    set(file, new Acls(named(), null));
    assertThat(attributes(file).change()).isGreaterThan(before);
    harness().reopen();
    Handle again = lookup(root(), "f");
    assertThat(acls(again)).isEqualTo(new Acls(named(), null));
    assertThat(mode(again)).isEqualTo(0664);
    set(again, new Acls(PosixAcl.ofMode(0640), null));
    assertThat(acls(again)).isEqualTo(new Acls(PosixAcl.ofMode(0640), null));
    assertThat(mode(again)).isEqualTo(0640);
  }

  @Test
  void settingTheModeSetsTheMaskAndNotTheOwningGroup() throws Exception {
    if (assertLacking()) {
      return;
    }
    Handle file = file("f");
    set(file, new Acls(named(), null));
    volume().setAttributes(user(), file, AttributeChanges.ofMode(0710), null);
    assertThat(acls(file).access()).isEqualTo(acl(7, named().users(), 4, named().groups(), 1, 0));
    assertThat(mode(file)).isEqualTo(0710);
    volume()
        .setAttributes(
            user(), file, AttributeChanges.ofMode(0600).withAcls(new Acls(named(), null)), null);
    assertThat(acls(file).access())
        .as("a mode that is set with the list is applied to it")
        .isEqualTo(acl(6, named().users(), 4, named().groups(), 0, 0));
  }

  @Test
  void newObjectsInheritTheDefaultAclLimitedToTheirMode() throws Exception {
    if (assertLacking()) {
      return;
    }
    Handle directory = directory(root(), "d");
    PosixAcl inherited = acl(7, Map.of(NAMED_USER, 7), 5, Map.of(), 7, 0);
    set(directory, new Acls(PosixAcl.ofMode(0755), inherited));
    assertThat(acls(directory)).isEqualTo(new Acls(PosixAcl.ofMode(0755), inherited));
    AttributeChanges initial = AttributeChanges.ofMode(0666).withUmask(077);
    Created file =
        volume()
            .create(user(), directory, name("f"), CreateMode.guarded(), initial, OpenAccess.READ);
    file.file().close();
    assertThat(acls(file.handle()))
        .as("the umask is ignored")
        .isEqualTo(new Acls(acl(6, Map.of(NAMED_USER, 7), 5, Map.of(), 6, 0), null));
    Handle below =
        volume()
            .makeDirectory(
                user(), directory, name("d"), AttributeChanges.ofMode(0777).withUmask(077))
            .handle();
    assertThat(acls(below)).isEqualTo(new Acls(inherited, inherited));
    assertThat(mode(below) & 0777).isEqualTo(0770);
    set(directory, new Acls(PosixAcl.ofMode(0755), null));
    Handle other =
        volume()
            .makeDirectory(
                user(), directory, name("o"), AttributeChanges.ofMode(0777).withUmask(027))
            .handle();
    assertThat(acls(other)).isEqualTo(new Acls(PosixAcl.ofMode(0750), null));
  }

  @Test
  void anObjectIsCreatedWithTheRequestedAcls() throws Exception {
    if (assertLacking()) {
      return;
    }
    Acls asked = new Acls(named(), null);
    Created file =
        volume()
            .create(
                user(),
                root(),
                name("f"),
                CreateMode.guarded(),
                AttributeChanges.NONE.withAcls(asked),
                OpenAccess.READ);
    file.file().close();
    assertThat(acls(file.handle())).isEqualTo(asked);
    Acls both = new Acls(PosixAcl.ofMode(0700), named());
    Handle directory =
        volume()
            .makeDirectory(user(), root(), name("d"), AttributeChanges.NONE.withAcls(both))
            .handle();
    assertThat(acls(directory)).isEqualTo(both);
    assertStatus(
        Status.INVALID,
        () ->
            volume()
                .create(
                    user(),
                    root(),
                    name("g"),
                    CreateMode.guarded(),
                    AttributeChanges.NONE.withAcls(both),
                    OpenAccess.READ));
    assertStatus(Status.NOT_FOUND, () -> lookup(root(), "g"));
    assertStatus(Status.INVALID, () -> set(file.handle(), both));
    assertThat(acls(file.handle())).isEqualTo(asked);
  }

  @Test
  void theAclDeterminesThePermissions() throws Exception {
    if (assertLacking() || !has(Feature.CALLER_ENFORCED)) {
      return;
    }
    Handle file = file("f");
    set(file, new Acls(named(), null));
    Map<Caller, Set<AccessRight>> expected =
        Map.of(
            Caller.of(NAMED_USER, 9), EnumSet.of(AccessRight.READ, AccessRight.MODIFY),
            Caller.of(2005, 9), Set.of(),
            Caller.of(2006, NAMED_GROUP), EnumSet.of(AccessRight.READ, AccessRight.MODIFY),
            Caller.of(2006, user().gid()), EnumSet.of(AccessRight.READ),
            Caller.of(2006, 9), EnumSet.of(AccessRight.READ));
    Set<AccessRight> wanted = EnumSet.of(AccessRight.READ, AccessRight.MODIFY, AccessRight.EXECUTE);
    for (Map.Entry<Caller, Set<AccessRight>> each : expected.entrySet()) {
      assertThat(volume().access(each.getKey(), file, wanted))
          .as(each.getKey().toString())
          .isEqualTo(each.getValue());
    }
    volume().open(Caller.of(NAMED_USER, 9), file, OpenAccess.READ_WRITE).close();
    assertStatus(
        Status.ACCESS, () -> volume().open(Caller.of(2005, 9), file, OpenAccess.READ).close());
    assertStatus(
        Status.PERMISSION,
        () ->
            volume()
                .setAttributes(
                    Caller.of(NAMED_USER, 9),
                    file,
                    AttributeChanges.NONE.withAcls(new Acls(PosixAcl.ofMode(0777), null)),
                    null));
  }

  @Test
  void anAclThatIsTooLongFailsWithoutAChange() throws Exception {
    if (assertLacking()) {
      return;
    }
    Handle directory = directory(root(), "d");
    set(directory, new Acls(named(), named()));
    TreeMap<Long, Integer> many = new TreeMap<>();
    for (long id = 1; id <= 2 * PosixAcl.NAMED_MAX; id++) {
      many.put(id, 7);
    }
    PosixAcl tooLong = acl(7, many, 5, Map.of(), 7, 0);
    assertStatus(Status.ATTRIBUTE_TOO_BIG, () -> set(directory, new Acls(tooLong, null)));
    assertThat(acls(directory)).isEqualTo(new Acls(named(), named()));
    assertStatus(Status.ATTRIBUTE_TOO_BIG, () -> set(directory, new Acls(named(), tooLong)));
    assertThat(acls(directory)).isEqualTo(new Acls(named(), named()));
  }
}
