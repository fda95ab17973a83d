package io.ferrynfs.server.state;

import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * The reason of the revocation of a stateid. Until the client frees the stateid (FREE_STATEID), its
 * use fails with the status of the reason, and SEQUENCE has a flag (RFC 8881 sections 8.4.2,
 * 18.46.3).
 */
public enum Revocation {
  /** A recalled delegation was not returned within a lease time (RFC 8881 section 10.4.5). */
  NOT_RETURNED(Nfsstat4.NFS4ERR_DELEG_REVOKED, Nfs4.SEQ4_STATUS_RECALLABLE_STATE_REVOKED),

  /** The administrator revoked the state or removed its export. */
  ADMINISTRATIVE(Nfsstat4.NFS4ERR_ADMIN_REVOKED, Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED),

  /** The lease expired. {@link ClientStates} replaces the flag if the client lost all state. */
  LEASE_EXPIRED(Nfsstat4.NFS4ERR_EXPIRED, Nfs4.SEQ4_STATUS_EXPIRED_SOME_STATE_REVOKED);

  private final Nfsstat4 status;
  private final long flag;

  Revocation(Nfsstat4 status, long flag) {
    this.status = status;
    this.flag = flag;
  }

  /** Returns the status with which the use of the stateid fails. */
  public Nfsstat4 status() {
    return status;
  }

  /** Returns the status flag of SEQUENCE. */
  long flag() {
    return flag;
  }
}
