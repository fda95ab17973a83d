package io.ferrynfs.server.attribute;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.PosixAcl;
import io.ferrynfs.wire.nfs4.Fattr4Acl;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsace4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Conversion of NFSv4 ACLs to POSIX ACLs (draft-ietf-nfsv4-acls-04, as in knfsd). The result never
 * grants more. An entry that denies a group denies all users that might be in it. A POSIX
 * permission is granted if all of its bits are allowed.
 *
 * <p>Permissions that POSIX does not have (retention, deletion of the object itself) are neither
 * granted nor stored. A client that reads the ACL back sees what the server enforces.
 */
final class AclFromNfs {
  private static final long SUPPORTED_FLAGS =
      AclToNfs.INHERITANCE | Nfs4.ACE4_INHERIT_ONLY_ACE | Nfs4.ACE4_IDENTIFIER_GROUP;

  /**
   * The bits that earlier entries allow and deny. The first entry that mentions a bit decides it.
   */
  private static final class Bits {
    private long allowed;
    private long denied;

    Bits() {}

    Bits(Bits like) {
      allowed = like.allowed;
      denied = like.denied;
    }

    void allow(long mask) {
      allowed |= mask & ~denied;
    }

    void deny(long mask) {
      denied |= mask & ~allowed;
    }
  }

  private final boolean directory;
  private final Owners owners;
  private final Bits owner = new Bits();
  private final Bits group = new Bits();
  private final Bits other = new Bits();

  /** The bits of all users without an entry so far. */
  private final Bits everyone = new Bits();

  private final SortedMap<Long, Bits> users = new TreeMap<>();
  private final SortedMap<Long, Bits> groups = new TreeMap<>();
  private boolean hasOwner;
  private boolean hasGroup;
  private boolean hasOther;
  private boolean isEmpty = true;

  private AclFromNfs(boolean directory, Owners owners) {
    this.directory = directory;
    this.owners = owners;
  }

  /**
   * Returns the POSIX ACLs of an object.
   *
   * @throws NfsStatusException NFS4ERR_ATTRNOTSUPP for entries that cannot be stored (RFC 8881
   *     section 6.2.1.4.1), NFS4ERR_BADOWNER for an unknown user or group
   */
  static Acls of(Fattr4Acl acl, boolean directory, Owners owners) throws NfsStatusException {
    AclFromNfs access = new AclFromNfs(directory, owners);
    AclFromNfs inherited = new AclFromNfs(directory, owners);
    for (Nfsace4 ace : acl.aces()) {
      check(ace, directory);
      boolean inherits = (ace.flag() & AclToNfs.INHERITANCE) != 0;
      if (inherits) {
        inherited.add(ace);
      }
      if (!inherits || (ace.flag() & Nfs4.ACE4_INHERIT_ONLY_ACE) == 0) {
        access.add(ace);
      }
    }
    PosixAcl accessList = access.list();
    return new Acls(accessList, inherited.isEmpty ? null : inherited.completed(access).list());
  }

  private static void check(Nfsace4 ace, boolean directory) throws NfsStatusException {
    boolean known =
        ace.type() == Nfs4.ACE4_ACCESS_ALLOWED_ACE_TYPE
            || ace.type() == Nfs4.ACE4_ACCESS_DENIED_ACE_TYPE;
    boolean inherits = (ace.flag() & AclToNfs.INHERITANCE) != 0;
    boolean inheritOnly = (ace.flag() & Nfs4.ACE4_INHERIT_ONLY_ACE) != 0;
    if (!known
        || (ace.flag() & ~SUPPORTED_FLAGS) != 0
        || (inherits && !directory)
        || (inheritOnly && !inherits)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_ATTRNOTSUPP);
    }
  }

  private void add(Nfsace4 ace) throws NfsStatusException {
    isEmpty = false;
    long mask = ace.accessMask();
    boolean allows = ace.type() == Nfs4.ACE4_ACCESS_ALLOWED_ACE_TYPE;
    Opaque who = ace.who();
    if (who.equals(AclToNfs.OWNER)) {
      hasOwner = true;
      decide(owner, allows, mask);
    } else if (who.equals(AclToNfs.GROUP)) {
      hasGroup = true;
      decide(group, allows, mask);
      denyMembers(allows, group.denied);
    } else if (who.equals(AclToNfs.EVERYONE)) {
      hasOther = true;
      everybody(bits -> decide(bits, allows, mask));
      decide(other, allows, mask);
    } else if ((ace.flag() & Nfs4.ACE4_IDENTIFIER_GROUP) != 0) {
      Bits named = groups.computeIfAbsent(owners.gid(who), gid -> new Bits(everyone));
      decide(named, allows, mask);
      denyMembers(allows, named.denied);
    } else {
      Bits named = users.computeIfAbsent(owners.uid(who), uid -> new Bits(everyone));
      decide(named, allows, mask);
      if (!allows) {
        // The owner may be the named user.
        owner.deny(named.denied);
      }
    }
  }

  private static void decide(Bits bits, boolean allows, long mask) {
    if (allows) {
      bits.allow(mask);
    } else {
      bits.deny(mask);
    }
  }

  /** Any user may be in the group that the entry denies. */
  private void denyMembers(boolean allows, long denied) {
    if (!allows) {
      everybody(bits -> bits.deny(denied));
    }
  }

  private void everybody(Consumer<Bits> action) {
    action.accept(owner);
    action.accept(group);
    action.accept(everyone);
    users.values().forEach(action);
    groups.values().forEach(action);
  }

  /** Takes the three entries that every ACL has from another ACL if this one lacks them. */
  private AclFromNfs completed(AclFromNfs from) {
    copy(hasOwner, owner, from.owner);
    copy(hasGroup, group, from.group);
    copy(hasOther, other, from.other);
    return this;
  }

  private static void copy(boolean has, Bits to, Bits from) {
    if (!has) {
      to.allowed = from.allowed;
      to.denied = from.denied;
    }
  }

  private PosixAcl list() {
    boolean isMinimal = users.isEmpty() && groups.isEmpty();
    return new PosixAcl(
        posix(owner.allowed),
        named(users),
        posix(group.allowed),
        named(groups),
        isMinimal ? null : (Integer) mask(),
        posix(other.allowed));
  }

  private int mask() {
    return posix(group.allowed | union(users.values()) | union(groups.values()));
  }

  private static long union(Collection<Bits> all) {
    long union = 0;
    for (Bits bits : all) {
      union |= bits.allowed;
    }
    return union;
  }

  private SortedMap<Long, Integer> named(SortedMap<Long, Bits> all) {
    SortedMap<Long, Integer> named = new TreeMap<>();
    all.forEach((id, bits) -> named.put(id, posix(bits.allowed)));
    return named;
  }

  private int posix(long mask) {
    return (has(mask, AclToNfs.READ) ? 4 : 0)
        | (has(mask, AclToNfs.writeMask(directory)) ? 2 : 0)
        | (has(mask, Nfs4.ACE4_EXECUTE) ? 1 : 0);
  }

  private static boolean has(long mask, long all) {
    return (mask & all) == all;
  }
}
