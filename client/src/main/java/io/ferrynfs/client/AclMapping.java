package io.ferrynfs.client;

import io.ferrynfs.wire.nfs4.Fattr4Acl;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsace4;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryFlag;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Conversions between the ACEs of NFSv4 (RFC 8881 section 6.2.1) and the entries of java.nio, which
 * were modelled on them. Bits without a java.nio counterpart (retention, audit of success and
 * failure) are ignored.
 */
final class AclMapping {

  private static final Map<AclEntryPermission, Long> PERMISSIONS =
      Map.ofEntries(
          Map.entry(AclEntryPermission.READ_DATA, Nfs4.ACE4_READ_DATA),
          Map.entry(AclEntryPermission.WRITE_DATA, Nfs4.ACE4_WRITE_DATA),
          Map.entry(AclEntryPermission.APPEND_DATA, Nfs4.ACE4_APPEND_DATA),
          Map.entry(AclEntryPermission.READ_NAMED_ATTRS, Nfs4.ACE4_READ_NAMED_ATTRS),
          Map.entry(AclEntryPermission.WRITE_NAMED_ATTRS, Nfs4.ACE4_WRITE_NAMED_ATTRS),
          Map.entry(AclEntryPermission.EXECUTE, Nfs4.ACE4_EXECUTE),
          Map.entry(AclEntryPermission.DELETE_CHILD, Nfs4.ACE4_DELETE_CHILD),
          Map.entry(AclEntryPermission.READ_ATTRIBUTES, Nfs4.ACE4_READ_ATTRIBUTES),
          Map.entry(AclEntryPermission.WRITE_ATTRIBUTES, Nfs4.ACE4_WRITE_ATTRIBUTES),
          Map.entry(AclEntryPermission.DELETE, Nfs4.ACE4_DELETE),
          Map.entry(AclEntryPermission.READ_ACL, Nfs4.ACE4_READ_ACL),
          Map.entry(AclEntryPermission.WRITE_ACL, Nfs4.ACE4_WRITE_ACL),
          Map.entry(AclEntryPermission.WRITE_OWNER, Nfs4.ACE4_WRITE_OWNER),
          Map.entry(AclEntryPermission.SYNCHRONIZE, Nfs4.ACE4_SYNCHRONIZE));

  private static final Map<AclEntryFlag, Long> FLAGS =
      Map.of(
          AclEntryFlag.FILE_INHERIT, Nfs4.ACE4_FILE_INHERIT_ACE,
          AclEntryFlag.DIRECTORY_INHERIT, Nfs4.ACE4_DIRECTORY_INHERIT_ACE,
          AclEntryFlag.NO_PROPAGATE_INHERIT, Nfs4.ACE4_NO_PROPAGATE_INHERIT_ACE,
          AclEntryFlag.INHERIT_ONLY, Nfs4.ACE4_INHERIT_ONLY_ACE);

  /** The types by number (RFC 8881 section 6.2.1.1). */
  private static final List<AclEntryType> TYPES =
      List.of(AclEntryType.ALLOW, AclEntryType.DENY, AclEntryType.AUDIT, AclEntryType.ALARM);

  private AclMapping() {}

  static List<AclEntry> entries(Fattr4Acl acl) {
    return acl.aces().stream().map(AclMapping::entry).toList();
  }

  private static AclEntry entry(Nfsace4 ace) {
    Set<AclEntryPermission> permissions = EnumSet.noneOf(AclEntryPermission.class);
    PERMISSIONS.forEach((permission, bit) -> {
      if ((ace.accessMask() & bit) != 0) {
        permissions.add(permission);
      }
    });
    Set<AclEntryFlag> flags = EnumSet.noneOf(AclEntryFlag.class);
    FLAGS.forEach((flag, bit) -> {
      if ((ace.flag() & bit) != 0) {
        flags.add(flag);
      }
    });
    String principal = ace.who().utf8();
    boolean group =
        (ace.flag() & Nfs4.ACE4_IDENTIFIER_GROUP) != 0 || principal.equals(NfsGroup.OWNING.name());
    return AclEntry.newBuilder()
        .setType(type(ace.type()))
        .setPrincipal(group ? new NfsGroup(principal) : new NfsUser(principal))
        .setPermissions(permissions)
        .setFlags(flags)
        .build();
  }

  private static AclEntryType type(long type) {
    // No other type is defined. An unknown type is mapped to one that grants nothing.
    return type < TYPES.size() ? TYPES.get((int) type) : AclEntryType.ALARM;
  }

  static Fattr4Acl acl(List<AclEntry> entries) {
    return new Fattr4Acl(entries.stream().map(AclMapping::ace).toList());
  }

  private static Nfsace4 ace(AclEntry entry) {
    long mask = 0;
    for (AclEntryPermission permission : entry.permissions()) {
      mask |= bit(PERMISSIONS.get(permission));
    }
    UserPrincipal principal = entry.principal();
    boolean named =
        principal instanceof GroupPrincipal && !principal.getName().equals(NfsGroup.OWNING.name());
    long flags = named ? Nfs4.ACE4_IDENTIFIER_GROUP : 0;
    for (AclEntryFlag flag : entry.flags()) {
      flags |= bit(FLAGS.get(flag));
    }
    return new Nfsace4(
        TYPES.indexOf(entry.type()), flags, mask, Opaque.ofUtf8(principal.getName()));
  }

  private static long bit(@Nullable Long bit) {
    return bit == null ? 0 : bit;
  }
}
