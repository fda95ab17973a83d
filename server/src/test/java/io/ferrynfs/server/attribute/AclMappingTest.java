package io.ferrynfs.server.attribute;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.IdMapper;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.PosixAcl;
import io.ferrynfs.wire.nfs4.Fattr4Acl;
import io.ferrynfs.wire.nfs4.Nfsace4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The mapping of draft-ietf-nfsv4-acls-04 in both directions, in the notation of nfs4_getfacl(1).
 */
class AclMappingTest {
  private static final Owners OWNERS = new Owners(IdMapper.NUMBERS);
  private static final int FILE_INHERIT = 0x1;
  private static final int INHERIT_ONLY = 0x8;
  private static final int GROUP = 0x40;

  private static PosixAcl acl(
      int owner,
      Map<Long, Integer> users,
      int group,
      Map<Long, Integer> groups,
      @Nullable Integer mask,
      int other) {
    return new PosixAcl(owner, new TreeMap<>(users), group, new TreeMap<>(groups), mask, other);
  }

  private static Nfsace4 allow(String who, int flag, long mask) {
    return new Nfsace4(0, flag, mask, Opaque.ofUtf8(who));
  }

  private static Nfsace4 deny(String who, int flag, long mask) {
    return new Nfsace4(1, flag, mask, Opaque.ofUtf8(who));
  }

  private static Acls from(boolean directory, Nfsace4... aces) throws NfsStatusException {
    return AclFromNfs.of(new Fattr4Acl(List.of(aces)), directory, OWNERS);
  }

  // RFC 8881 section 6.2.1: knfsd maps the list back in the same way (interop/tests/knfsd-acl.sh)
  @Test
  void permissionThatALaterEntryWouldGrantIsDenied() {
    PosixAcl list = acl(6, Map.of(7L, 7, 8L, 0), 4, Map.of(9L, 0), 6, 5);
    assertThat(AclToNfs.of(new Acls(list, null), false, OWNERS))
        .isEqualTo(
            new Fattr4Acl(
                List.of(
                    deny("OWNER@", 0, 0x20),
                    allow("OWNER@", 0, 0x160187),
                    deny("7", 0, 0x20),
                    allow("7", 0, 0x120087),
                    deny("8", 0, 0x21),
                    allow("8", 0, 0x120080),
                    allow("GROUP@", 0, 0x120081),
                    allow("9", GROUP, 0x120080),
                    deny("GROUP@", 0, 0x20),
                    deny("9", GROUP, 0x21),
                    allow("EVERYONE@", 0, 0x1200a1))));
  }

  // RFC 8881 section 6.2.1.4
  @Test
  void defaultListOfADirectoryFollowsItsAccessList() {
    Acls acls = new Acls(PosixAcl.ofMode(0700), PosixAcl.ofMode(0750));
    assertThat(AclToNfs.of(acls, true, OWNERS))
        .isEqualTo(
            new Fattr4Acl(
                List.of(
                    allow("OWNER@", 0, 0x1601e7),
                    allow("GROUP@", 0, 0x120080),
                    allow("EVERYONE@", 0, 0x120080),
                    allow("OWNER@", 11, 0x1601e7),
                    allow("GROUP@", 11, 0x1200a1),
                    allow("EVERYONE@", 11, 0x120080))));
  }

  private static PosixAcl random(Random random) {
    TreeMap<Long, Integer> users = new TreeMap<>();
    TreeMap<Long, Integer> groups = new TreeMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      users.put((long) random.nextInt(4), random.nextInt(8));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      groups.put((long) random.nextInt(4), random.nextInt(8));
    }
    Integer mask =
        users.isEmpty() && groups.isEmpty() && random.nextBoolean() ? null : random.nextInt(8);
    return new PosixAcl(
        random.nextInt(8), users, random.nextInt(8), groups, mask, random.nextInt(8));
  }

  /**
   * Returns every caller that a list can distinguish: uids 1 to 4 and gids 0 to 4, with two groups
   * each.
   */
  private static List<Caller> callers() {
    List<Caller> callers = new ArrayList<>();
    for (long uid = 1; uid <= 4; uid++) {
      for (long gid = 0; gid <= 4; gid++) {
        for (long other = 0; other <= 4; other++) {
          callers.add(new Caller(uid, gid, List.of(other)));
        }
      }
    }
    return callers;
  }

  // RFC 8881 section 6.2.1: the stored list is at least as strict as the one that was set
  @Test
  void listMappedToNfsAndBackNeverGrantsMore() throws NfsStatusException {
    Random random = new Random(8);
    for (int round = 0; round < 2000; round++) {
      PosixAcl list = random(random);
      boolean directory = random.nextBoolean();
      Fattr4Acl wire =
          requireNonNull(AclToNfs.of(new Acls(list, directory ? list : null), directory, OWNERS));
      Acls back = AclFromNfs.of(wire, directory, OWNERS);
      for (Caller caller : callers()) {
        for (int bit = 1; bit <= 4; bit <<= 1) {
          if (back.access().allows(caller, 1, 1, bit)) {
            assertThat(list.allows(caller, 1, 1, bit))
                .as("%s of %s, back as %s, for %s", bit, list, back, caller)
                .isTrue();
          }
        }
      }
    }
  }

  @Test
  void modeIsUnchangedByMappingToNfsAndBack() throws NfsStatusException {
    for (int mode = 0; mode <= 0777; mode++) {
      // A mode that grants others a permission that it denies the group is kept, too.
      Acls acls = new Acls(PosixAcl.ofMode(mode), null);
      Fattr4Acl wire = requireNonNull(AclToNfs.of(acls, false, OWNERS));
      assertThat(AclFromNfs.of(wire, false, OWNERS))
          .as(Integer.toOctalString(mode))
          .isEqualTo(acls);
    }
  }

  // RFC 8881 section 6.2.1: the first entry that applies to a bit decides it
  @Test
  void entriesMapToAListThatGrantsNoMore() throws NfsStatusException {
    assertThat(
            from(
                false,
                allow("OWNER@", 0, 0x7),
                deny("7", 0, 0x6),
                allow("7", 0, 0x27),
                allow("9", GROUP, 0x1),
                allow("EVERYONE@", 0, 0x1)))
        .isEqualTo(new Acls(acl(6, Map.of(7L, 5), 4, Map.of(9L, 4), 5, 4), null));
    assertThat(from(false, deny("9", GROUP, 0x20), allow("EVERYONE@", 0, 0x27)))
        .as("any user may be in a group that is denied a permission, but others are in no group")
        .isEqualTo(new Acls(acl(6, Map.of(), 6, Map.of(9L, 6), 6, 7), null));
    assertThat(from(false, allow("EVERYONE@", 0, 0x2)).access().mode())
        .as("a part of a permission is none")
        .isZero();
    assertThat(from(true, allow("EVERYONE@", 0, 0x6)).access().mode()).isZero();
    assertThat(from(true, allow("EVERYONE@", 0, 0x46)).access().mode()).isEqualTo(0222);
    assertThat(from(false)).isEqualTo(new Acls(PosixAcl.ofMode(0), null));
  }

  // RFC 8881 section 6.2.1.4.1
  @Test
  void inheritOnlyEntriesDoNotApplyToTheDirectory() throws NfsStatusException {
    assertThat(
            from(
                true,
                allow("OWNER@", 0, 0x67),
                allow("EVERYONE@", 0, 0x1),
                allow("7", FILE_INHERIT | INHERIT_ONLY, 0x1)))
        .as("a default list takes missing entries from the access list")
        .isEqualTo(new Acls(PosixAcl.ofMode(0744), acl(7, Map.of(7L, 4), 4, Map.of(), 4, 4)));
    assertThat(from(true, allow("OWNER@", FILE_INHERIT, 0x1)))
        .isEqualTo(new Acls(PosixAcl.ofMode(0400), PosixAcl.ofMode(0400)));
  }

  // RFC 8881 sections 6.2.1.4.1, 6.2.1.2
  @Test
  void unsupportedEntriesReturnAttrnotsupp() {
    List<Nfsace4> notKept =
        List.of(
            allow("OWNER@", FILE_INHERIT, 1),
            allow("OWNER@", INHERIT_ONLY, 1),
            allow("OWNER@", 0x4 | FILE_INHERIT, 1),
            allow("OWNER@", 0x80, 1),
            allow("OWNER@", 0x10, 1),
            new Nfsace4(2, 0x10, 1, Opaque.ofUtf8("OWNER@")),
            new Nfsace4(3, 0x10, 1, Opaque.ofUtf8("OWNER@")),
            new Nfsace4(99, 0, 1, Opaque.ofUtf8("OWNER@")));
    for (Nfsace4 ace : notKept) {
      assertThatThrownBy(() -> from(false, ace)).hasMessage("NFS4ERR_ATTRNOTSUPP");
    }
    assertThatThrownBy(() -> from(true, allow("OWNER@", INHERIT_ONLY, 1)))
        .hasMessage("NFS4ERR_ATTRNOTSUPP");
    for (String unknown : List.of("INTERACTIVE@", "OWNER", "alice@example.org")) {
      assertThatThrownBy(() -> from(false, allow(unknown, 0, 1))).hasMessage("NFS4ERR_BADOWNER");
    }
  }

  @Test
  void listTooLongForTheProtocolIsNotReturned() {
    TreeMap<Long, Integer> many = new TreeMap<>();
    for (long id = 0; id < 5000; id++) {
      many.put(id, 7);
    }
    assertThat(AclToNfs.of(new Acls(acl(7, many, 7, Map.of(), 7, 7), null), false, OWNERS))
        .isNull();
  }
}
