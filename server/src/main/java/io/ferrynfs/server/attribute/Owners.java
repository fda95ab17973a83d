package io.ferrynfs.server.attribute;

import io.ferrynfs.server.IdMapper;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import org.jspecify.annotations.Nullable;

/**
 * Owner and group strings (RFC 8881 section 5.9). Under AUTH_SYS the credential is a number. The
 * string is a number, too, as with Linux, unless the administrator has configured a domain.
 * Numbers, and names with the same meaning on every system, are accepted without a domain and with
 * the domain of this server. A name with another domain is unknown, so {@code root@elsewhere} is
 * not root.
 *
 * @param ids the mapping of names
 */
record Owners(IdMapper ids) {
  /** The maximum id. 2^32 - 1 is not an id because system calls take it to mean "unchanged". */
  private static final long ID_MAX = 0xffff_fffeL;

  private static final int DIGITS_MAX = 10;
  private static final long ROOT = 0;
  private static final long NOBODY = 65534;

  Opaque user(long uid) {
    return format(ids.user(uid), uid);
  }

  Opaque group(long gid) {
    return format(ids.group(gid), gid);
  }

  private static Opaque format(@Nullable String name, long id) {
    return Opaque.ofUtf8(name == null ? Long.toString(id) : name);
  }

  /**
   * Returns the user id of a string.
   *
   * @throws NfsStatusException NFS4ERR_INVAL if it is empty, NFS4ERR_BADOWNER if the user is
   *     unknown
   */
  long uid(Opaque owner) throws NfsStatusException {
    String text = owner.utf8();
    return known(text, ids.uid(text));
  }

  /**
   * Returns the group id of a string.
   *
   * @throws NfsStatusException NFS4ERR_INVAL if it is empty, NFS4ERR_BADOWNER if the group is
   *     unknown
   */
  long gid(Opaque group) throws NfsStatusException {
    String text = group.utf8();
    return known(text, ids.gid(text));
  }

  private long known(String text, @Nullable Long id) throws NfsStatusException {
    if (id != null) {
      return id;
    }
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    if (text.isEmpty()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    if (at >= 0 && !ids.isOfDomain(text.substring(at + 1))) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BADOWNER);
    }
    return switch (name) {
      case "root" -> ROOT;
      case "nobody", "nogroup" -> NOBODY;
      default -> number(name);
    };
  }

  /** Parses a decimal number without leading zeros (RFC 8881 section 5.9). */
  private static long number(String name) throws NfsStatusException {
    boolean leadingZero = name.length() > 1 && name.charAt(0) == '0';
    if (name.isEmpty() || name.length() > DIGITS_MAX || leadingZero) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BADOWNER);
    }
    long id = 0;
    for (int i = 0; i < name.length(); i++) {
      char digit = name.charAt(i);
      if (digit < '0' || digit > '9') {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_BADOWNER);
      }
      id = id * 10 + (digit - '0');
    }
    if (id > ID_MAX) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BADOWNER);
    }
    return id;
  }
}
