package ferry.server.operation;

import ferry.server.status.Refused;
import ferry.storage.OpenAccess;
import ferry.wire.nfs4.Nfs4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.OpenDelegation4;
import ferry.wire.nfs4.OpenNoneDelegation4;
import ferry.wire.nfs4.WhyNoDelegation4;

/**
 * What share_access and share_deny of OPEN and OPEN_DOWNGRADE say, checked (RFC 5661 sections
 * 18.16.4, 18.18.3).
 *
 * @param access OPEN4_SHARE_ACCESS_READ, _WRITE or both
 * @param deny OPEN4_SHARE_DENY_NONE, _READ, _WRITE or _BOTH
 * @param want what the client says about delegations, 0 for nothing
 */
record ShareModes(int access, int deny, long want) {
  private static final long WANT_WHEN =
      Nfs4.OPEN4_SHARE_ACCESS_WANT_SIGNAL_DELEG_WHEN_RESRC_AVAIL
          | Nfs4.OPEN4_SHARE_ACCESS_WANT_PUSH_DELEG_WHEN_UNCONTENDED;

  /**
   * Takes the words apart.
   *
   * @throws Refused NFS4ERR_INVAL for anything that the RFC does not name
   */
  static ShareModes of(long shareAccess, long shareDeny) throws Refused {
    long want = shareAccess & Nfs4.OPEN4_SHARE_ACCESS_WANT_DELEG_MASK;
    long access = shareAccess & ~Nfs4.OPEN4_SHARE_ACCESS_WANT_DELEG_MASK & ~WANT_WHEN;
    if (access == 0
        || access > Nfs4.OPEN4_SHARE_ACCESS_BOTH
        || shareDeny > Nfs4.OPEN4_SHARE_DENY_BOTH
        || want > Nfs4.OPEN4_SHARE_ACCESS_WANT_CANCEL) {
      throw new Refused(Nfsstat4.NFS4ERR_INVAL);
    }
    return new ShareModes((int) access, (int) shareDeny, want);
  }

  OpenAccess openAccess() {
    if (access == Nfs4.OPEN4_SHARE_ACCESS_BOTH) {
      return OpenAccess.READ_WRITE;
    }
    return access == Nfs4.OPEN4_SHARE_ACCESS_WRITE ? OpenAccess.WRITE : OpenAccess.READ;
  }

  /**
   * That there is no delegation, and, to a client that uses the WANT flags, why (RFC 5661 section
   * 18.16.3: then the type MUST be OPEN_DELEGATE_NONE_EXT).
   */
  OpenDelegation4 noDelegation() {
    if (want == 0) {
      return new OpenDelegation4.None();
    }
    WhyNoDelegation4 why = WhyNoDelegation4.WND4_NOT_SUPP_FTYPE;
    if (want == Nfs4.OPEN4_SHARE_ACCESS_WANT_NO_DELEG) {
      why = WhyNoDelegation4.WND4_NOT_WANTED;
    } else if (want == Nfs4.OPEN4_SHARE_ACCESS_WANT_CANCEL) {
      why = WhyNoDelegation4.WND4_CANCELLED;
    }
    return new OpenDelegation4.NoneExt(new OpenNoneDelegation4.Other(why));
  }
}
