package io.ferrynfs.server.attribute;

import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.PosixAcl;
import io.ferrynfs.wire.nfs4.Fattr4Acl;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsace4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Conversion of POSIX ACLs to NFSv4 ACLs (RFC 8881 section 6.2.1; the mapping is that of
 * draft-ietf-nfsv4-acls-04, as in knfsd).
 *
 * <p>In POSIX, one entry decides all permissions. In NFSv4, the first entry that mentions a bit
 * decides it. So a denying entry follows each entry for the bits that a later one would grant. All
 * groups are allowed first and denied afterwards because one group that grants a permission is
 * enough.
 */
final class AclToNfs {
  static final Opaque OWNER = Opaque.ofUtf8("OWNER@");
  static final Opaque GROUP = Opaque.ofUtf8("GROUP@");
  static final Opaque EVERYONE = Opaque.ofUtf8("EVERYONE@");

  static final long INHERITANCE = Nfs4.ACE4_FILE_INHERIT_ACE | Nfs4.ACE4_DIRECTORY_INHERIT_ACE;

  static final long READ = Nfs4.ACE4_READ_DATA;
  static final long WRITE = Nfs4.ACE4_WRITE_DATA | Nfs4.ACE4_APPEND_DATA;

  private static final long ANYONE =
      Nfs4.ACE4_READ_ATTRIBUTES | Nfs4.ACE4_READ_ACL | Nfs4.ACE4_SYNCHRONIZE;
  private static final long OWNERS = Nfs4.ACE4_WRITE_ATTRIBUTES | Nfs4.ACE4_WRITE_ACL;
  private static final int POSIX_ALL = 7;

  private final PosixAcl acl;
  private final boolean directory;
  private final Owners owners;
  private final long flags;
  private final List<Nfsace4> aces = new ArrayList<>();

  private AclToNfs(PosixAcl acl, boolean directory, Owners owners, long flags) {
    this.acl = acl;
    this.directory = directory;
    this.owners = owners;
    this.flags = flags;
  }

  /** Returns the entries; null if one attribute cannot hold them. */
  static @Nullable Fattr4Acl of(Acls acls, boolean directory, Owners owners) {
    List<Nfsace4> aces =
        new ArrayList<>(new AclToNfs(acls.access(), directory, owners, 0).entries());
    PosixAcl inherited = acls.inherited();
    if (inherited != null) {
      long flags = INHERITANCE | Nfs4.ACE4_INHERIT_ONLY_ACE;
      aces.addAll(new AclToNfs(inherited, directory, owners, flags).entries());
    }
    return aces.size() > Nfs4.ACES_MAX ? null : new Fattr4Acl(aces);
  }

  private List<Nfsace4> entries() {
    int users = 0;
    for (long uid : acl.users().keySet()) {
      users |= acl.user(uid);
    }
    int groups = acl.owningGroup();
    for (long gid : acl.groups().keySet()) {
      groups |= acl.group(gid);
    }
    int other = acl.other();
    deny(OWNER, 0, ~acl.owner() & (users | groups | other));
    add(Nfs4.ACE4_ACCESS_ALLOWED_ACE_TYPE, 0, mask(acl.owner()) | ANYONE | OWNERS, OWNER);
    for (long uid : acl.users().keySet()) {
      Opaque who = owners.user(uid);
      deny(who, 0, ~acl.user(uid) & (groups | other));
      allow(who, 0, acl.user(uid));
    }
    allow(GROUP, 0, acl.owningGroup());
    for (Map.Entry<Long, Integer> group : acl.groups().entrySet()) {
      long gid = group.getKey();
      allow(owners.group(gid), Nfs4.ACE4_IDENTIFIER_GROUP, acl.group(gid));
    }
    deny(GROUP, 0, ~acl.owningGroup() & other);
    for (long gid : acl.groups().keySet()) {
      deny(owners.group(gid), Nfs4.ACE4_IDENTIFIER_GROUP, ~acl.group(gid) & other);
    }
    allow(EVERYONE, 0, other);
    return aces;
  }

  private void allow(Opaque who, long kind, int bits) {
    add(Nfs4.ACE4_ACCESS_ALLOWED_ACE_TYPE, kind, mask(bits) | ANYONE, who);
  }

  private void deny(Opaque who, long kind, int bits) {
    if ((bits & POSIX_ALL) != 0) {
      add(Nfs4.ACE4_ACCESS_DENIED_ACE_TYPE, kind, mask(bits), who);
    }
  }

  private void add(long type, long kind, long mask, Opaque who) {
    aces.add(new Nfsace4(type, flags | kind, mask, who));
  }

  private long mask(int bits) {
    return ((bits & 4) != 0 ? READ : 0L)
        | ((bits & 2) != 0 ? writeMask(directory) : 0L)
        | ((bits & 1) != 0 ? Nfs4.ACE4_EXECUTE : 0L);
  }

  /** Write access to a directory includes the deletion of its entries. */
  static long writeMask(boolean directory) {
    return directory ? WRITE | Nfs4.ACE4_DELETE_CHILD : WRITE;
  }
}
