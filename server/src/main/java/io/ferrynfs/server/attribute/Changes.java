package io.ferrynfs.server.attribute;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.TimeChange;
import io.ferrynfs.wire.nfs4.Fattr4Acl;
import io.ferrynfs.wire.nfs4.ModeUmask4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.Settime4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Instant;

/** A collector of the attributes that a client sets, as changes for a volume. */
final class Changes {
  private static final long PERMISSION_BITS = 07777;
  private static final int UMASK_BITS = 0777;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final boolean directory;
  private final Owners owners;
  private AttributeChanges collected = AttributeChanges.NONE;

  /**
   * Creates a collector without changes.
   *
   * @param directory whether the object is a directory
   * @param owners the mapping of user and group names
   */
  Changes(boolean directory, Owners owners) {
    this.directory = directory;
    this.owners = owners;
  }

  AttributeChanges collected() {
    return collected;
  }

  /** RFC 8881 section 6.2.4: a server must reject unknown mode bits. */
  void mode(long mode) throws NfsStatusException {
    if ((mode & ~PERMISSION_BITS) != 0) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    collected = collected.withMode((int) mode);
  }

  /**
   * RFC 8275 section 5: the volume decides whether to apply the umask when it creates the object.
   * Bits of the umask that are not permissions are ignored.
   */
  void modeUmask(ModeUmask4 value) throws NfsStatusException {
    mode(value.mode());
    collected = collected.withUmask((int) value.umask() & UMASK_BITS);
  }

  void acl(Fattr4Acl acl) throws NfsStatusException {
    collected = collected.withAcls(AclFromNfs.of(acl, directory, owners));
  }

  void owner(Opaque user) throws NfsStatusException {
    collected = collected.withUid(owners.uid(user));
  }

  void group(Opaque group) throws NfsStatusException {
    collected = collected.withGid(owners.gid(group));
  }

  /** A size of 2^63 or more arrives as a negative number and is beyond the maximum file size. */
  void size(long size) throws NfsStatusException {
    if (size < 0) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_FBIG);
    }
    collected = collected.withSize(size);
  }

  void timeAccess(Settime4 time) throws NfsStatusException {
    collected = collected.withAtime(timeChange(time));
  }

  void timeModify(Settime4 time) throws NfsStatusException {
    collected = collected.withMtime(timeChange(time));
  }

  private static TimeChange timeChange(Settime4 time) throws NfsStatusException {
    return switch (time) {
      case Settime4.ClientTime4(Nfstime4 at) -> TimeChange.at(instant(at));
      case Settime4.ServerTime4() -> TimeChange.now();
    };
  }

  private static Instant instant(Nfstime4 time) throws NfsStatusException {
    if (time.nseconds() >= NANOS_PER_SECOND) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    // A volume sets the nearest time that it can store, so an Instant out of range becomes the
    // nearest one.
    if (time.seconds() < Instant.MIN.getEpochSecond()) {
      return Instant.MIN;
    }
    if (time.seconds() > Instant.MAX.getEpochSecond()) {
      return Instant.MAX;
    }
    return Instant.ofEpochSecond(time.seconds(), time.nseconds());
  }
}
