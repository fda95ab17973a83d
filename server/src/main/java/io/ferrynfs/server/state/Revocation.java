package io.ferrynfs.server.state;

import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * Why a client has lost a stateid that it did not give up. Until it has freed it (FREE_STATEID),
 * the stateid answers with a status of its own, and SEQUENCE has a flag (RFC 8881 section 8.4.2,
 * 18.46.3).
 */
public enum Revocation {
  /** A delegation was recalled and not returned within a lease (section 10.4.5). */
  NOT_RETURNED(Nfsstat4.NFS4ERR_DELEG_REVOKED, Nfs4.SEQ4_STATUS_RECALLABLE_STATE_REVOKED),

  /** The administrator took it, or what it was for. */
  ADMINISTRATIVE(Nfsstat4.NFS4ERR_ADMIN_REVOKED, Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED),

  /** The lease ran out. The other flag is for a client that has lost all by that. */
  LEASE_EXPIRED(Nfsstat4.NFS4ERR_EXPIRED, Nfs4.SEQ4_STATUS_EXPIRED_SOME_STATE_REVOKED);

  private final Nfsstat4 status;
  private final long flag;

  Revocation(Nfsstat4 status, long flag) {
    this.status = status;
    this.flag = flag;
  }

  /** What the stateid answers. */
  public Nfsstat4 status() {
    return status;
  }

  /** The bit in the status flags of SEQUENCE. */
  long flag() {
    return flag;
  }
}
