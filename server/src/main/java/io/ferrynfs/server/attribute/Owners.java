package io.ferrynfs.server.attribute;

import io.ferrynfs.server.IdMapper;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import org.jspecify.annotations.Nullable;

/**
 * Owner and group strings (RFC 8881 section 5.9). With AUTH_SYS the credential is a number, and so
 * is the string, as Linux sends and expects it, unless the administrator has named a domain.
 * Numbers, and the names that mean the same number on every system, are understood without a domain
 * and with this server's own. With another one they mean users of whom this server knows nothing,
 * so that {@code root@elsewhere} is not root.
 *
 * @param ids the names
 */
record Owners(IdMapper ids) {
  /** The greatest number of 32 bits is no id: to system calls it means "leave it as it is". */
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
   * The user that the string names.
   *
   * @throws NfsStatusException NFS4ERR_INVAL when it is empty, NFS4ERR_BADOWNER when it names
   *     nobody here
   */
  long uid(Opaque owner) throws NfsStatusException {
    String text = owner.utf8();
    return known(text, ids.uid(text));
  }

  /** The group that the string names; fails likewise. */
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

  /** Section 5.9 wants decimal numbers without leading zeros. */
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
