package io.ferrynfs.server.operation.support;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * The share_access and share_deny of OPEN and OPEN_DOWNGRADE after their check (RFC 8881 sections
 * 18.16.4 and 18.18.3).
 *
 * @param access OPEN4_SHARE_ACCESS_READ, _WRITE or both
 * @param deny OPEN4_SHARE_DENY_NONE, _READ, _WRITE or _BOTH
 * @param want the client's wish for a delegation, 0 for none
 */
public record ShareModes(int access, int deny, long want) {
  private static final long WANT_WHEN =
      Nfs4.OPEN4_SHARE_ACCESS_WANT_SIGNAL_DELEG_WHEN_RESRC_AVAIL
          | Nfs4.OPEN4_SHARE_ACCESS_WANT_PUSH_DELEG_WHEN_UNCONTENDED;

  /**
   * Parses share_access and share_deny.
   *
   * @throws NfsStatusException NFS4ERR_INVAL for a value that RFC 8881 does not define
   */
  public static ShareModes of(long shareAccess, long shareDeny) throws NfsStatusException {
    long want = shareAccess & Nfs4.OPEN4_SHARE_ACCESS_WANT_DELEG_MASK;
    long access = shareAccess & ~Nfs4.OPEN4_SHARE_ACCESS_WANT_DELEG_MASK & ~WANT_WHEN;
    if (access == 0
        || access > Nfs4.OPEN4_SHARE_ACCESS_BOTH
        || shareDeny > Nfs4.OPEN4_SHARE_DENY_BOTH
        || want > Nfs4.OPEN4_SHARE_ACCESS_WANT_CANCEL) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    return new ShareModes((int) access, (int) shareDeny, want);
  }

  public OpenAccess openAccess() {
    if (access == Nfs4.OPEN4_SHARE_ACCESS_BOTH) {
      return OpenAccess.READ_WRITE;
    }
    return access == Nfs4.OPEN4_SHARE_ACCESS_WRITE ? OpenAccess.WRITE : OpenAccess.READ;
  }

  /** Returns whether an OPEN may have a read delegation. */
  public boolean mayHaveDelegation() {
    return access == Nfs4.OPEN4_SHARE_ACCESS_READ
        && (want == Nfs4.OPEN4_SHARE_ACCESS_WANT_NO_PREFERENCE
            || want == Nfs4.OPEN4_SHARE_ACCESS_WANT_READ_DELEG
            || want == Nfs4.OPEN4_SHARE_ACCESS_WANT_ANY_DELEG);
  }
}
