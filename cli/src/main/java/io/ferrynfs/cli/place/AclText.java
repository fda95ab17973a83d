package io.ferrynfs.cli.place;

import io.ferrynfs.client.NfsGroup;
import io.ferrynfs.client.NfsUser;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryFlag;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.GroupPrincipal;
import java.util.List;
import java.util.Set;

/** Formats access control lists as nfs4_getfacl(1) does: {@code A:g:5678:rxtcy}. */
final class AclText {
  private static final Set<String> MODE_PRINCIPALS =
      Set.of(NfsUser.OWNER.name(), NfsGroup.OWNING.name(), NfsUser.EVERYONE.name());

  private AclText() {}

  /** Returns a line for each entry; none if the list is equivalent to the mode. */
  static List<String> of(List<AclEntry> entries) {
    boolean isMode =
        entries.stream()
            .allMatch(entry ->
                MODE_PRINCIPALS.contains(entry.principal().getName()) && entry.flags().isEmpty());
    return isMode ? List.of() : entries.stream().map(AclText::line).toList();
  }

  private static String line(AclEntry entry) {
    StringBuilder line = new StringBuilder().append(letter(entry.type())).append(':');
    for (AclEntryFlag flag : AclEntryFlag.values()) {
      if (entry.flags().contains(flag)) {
        line.append(letter(flag));
      }
    }
    String principal = entry.principal().getName();
    if (entry.principal() instanceof GroupPrincipal && !MODE_PRINCIPALS.contains(principal)) {
      line.append('g');
    }
    line.append(':').append(principal).append(':');
    for (AclEntryPermission permission : AclEntryPermission.values()) {
      if (entry.permissions().contains(permission)) {
        line.append(letter(permission));
      }
    }
    return line.toString();
  }

  private static char letter(AclEntryType type) {
    return switch (type) {
      case ALLOW -> 'A';
      case DENY -> 'D';
      case AUDIT -> 'U';
      case ALARM -> 'L';
    };
  }

  private static char letter(AclEntryFlag flag) {
    return switch (flag) {
      case FILE_INHERIT -> 'f';
      case DIRECTORY_INHERIT -> 'd';
      case NO_PROPAGATE_INHERIT -> 'n';
      case INHERIT_ONLY -> 'i';
    };
  }

  private static char letter(AclEntryPermission permission) {
    return switch (permission) {
      case READ_DATA -> 'r';
      case WRITE_DATA -> 'w';
      case APPEND_DATA -> 'a';
      case EXECUTE -> 'x';
      case DELETE -> 'd';
      case DELETE_CHILD -> 'D';
      case READ_ATTRIBUTES -> 't';
      case WRITE_ATTRIBUTES -> 'T';
      case READ_NAMED_ATTRS -> 'n';
      case WRITE_NAMED_ATTRS -> 'N';
      case READ_ACL -> 'c';
      case WRITE_ACL -> 'C';
      case WRITE_OWNER -> 'o';
      case SYNCHRONIZE -> 'y';
    };
  }
}
