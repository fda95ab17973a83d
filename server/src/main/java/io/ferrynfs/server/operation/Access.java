package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Access4Args;
import io.ferrynfs.wire.nfs4.Access4Res;
import io.ferrynfs.wire.nfs4.Access4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The ACCESS operation (RFC 8881 section 18.1), with the bits of RFC 8276 section 8.5 in NFSv4.2.
 */
final class Access implements NfsOperation<Access4Args, Access4Res> {
  private static final Map<AccessRight, Long> BITS = bits();
  private static final Set<AccessRight> OF_XATTRS =
      EnumSet.of(AccessRight.XATTR_READ, AccessRight.XATTR_WRITE, AccessRight.XATTR_LIST);
  private static final Set<AccessRight> OF_DIRECTORIES =
      EnumSet.of(AccessRight.LOOKUP, AccessRight.DELETE);

  @Override
  public Access4Res execute(Access4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef file = c.current();
    Attributes attributes = file.volume().attributes(c.caller(), file.handle());
    Set<AccessRight> wanted = EnumSet.noneOf(AccessRight.class);
    long unknown = args.access();
    for (Map.Entry<AccessRight, Long> bit : BITS.entrySet()) {
      boolean ofThisMinor = c.request().minorVersion() >= 2 || !OF_XATTRS.contains(bit.getKey());
      if ((args.access() & bit.getValue()) == 0 || !ofThisMinor) {
        continue;
      }
      unknown &= ~bit.getValue();
      if (isMeaningful(bit.getKey(), attributes)) {
        wanted.add(bit.getKey());
      }
    }
    if (unknown != 0) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    Set<AccessRight> granted =
        wanted.isEmpty() ? wanted : file.volume().access(c.caller(), file.handle(), wanted);
    return new Access4Res.Ok(new Access4Resok(mask(wanted), mask(granted)));
  }

  /**
   * Returns whether a right applies to the type of the object. Other rights are not in "supported"
   * (RFC 8881 section 18.1.3).
   */
  private static boolean isMeaningful(AccessRight right, Attributes attributes) {
    if (OF_DIRECTORIES.contains(right)) {
      return attributes.isDirectory();
    }
    if (right == AccessRight.EXECUTE) {
      return !attributes.isDirectory();
    }
    return !OF_XATTRS.contains(right) || attributes.isDirectory() || attributes.isRegular();
  }

  private static long mask(Set<AccessRight> rights) {
    long mask = 0;
    for (AccessRight right : rights) {
      mask |= BITS.getOrDefault(right, 0L);
    }
    return mask;
  }

  private static Map<AccessRight, Long> bits() {
    Map<AccessRight, Long> bits = new LinkedHashMap<>();
    bits.put(AccessRight.READ, Nfs4.ACCESS4_READ);
    bits.put(AccessRight.LOOKUP, Nfs4.ACCESS4_LOOKUP);
    bits.put(AccessRight.MODIFY, Nfs4.ACCESS4_MODIFY);
    bits.put(AccessRight.EXTEND, Nfs4.ACCESS4_EXTEND);
    bits.put(AccessRight.DELETE, Nfs4.ACCESS4_DELETE);
    bits.put(AccessRight.EXECUTE, Nfs4.ACCESS4_EXECUTE);
    bits.put(AccessRight.XATTR_READ, Nfs4.ACCESS4_XAREAD);
    bits.put(AccessRight.XATTR_WRITE, Nfs4.ACCESS4_XAWRITE);
    bits.put(AccessRight.XATTR_LIST, Nfs4.ACCESS4_XALIST);
    return bits;
  }
}
