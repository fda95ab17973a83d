package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;

/** Whether the server still knows an open, and by what stateid. Safe for threads. */
final class OpenStateid {

  private enum Phase {
    HELD,
    LOST,
    GIVEN_UP,
    CLOSED
  }

  private Stateid4 stateid;
  private Phase phase = Phase.HELD;

  OpenStateid(Stateid4 stateid) {
    this.stateid = stateid;
  }

  synchronized Stateid4 stateid() {
    return stateid;
  }

  /**
   * The stateid to use.
   *
   * @throws CallException if the file is closed or could not be got back
   */
  synchronized Stateid4 usable() throws CallException {
    if (phase == Phase.CLOSED) {
      throw CallException.of(Kind.CLOSED, "the file is closed");
    }
    if (phase == Phase.GIVEN_UP) {
      throw CallException.of(
          Kind.STATE_LOST, "the server has lost this open file and does not open it again");
    }
    return stateid;
  }

  synchronized boolean isHeld() {
    return phase == Phase.HELD;
  }

  synchronized void hold(Stateid4 fresh) {
    if (phase != Phase.CLOSED) {
      stateid = fresh;
      phase = Phase.HELD;
    }
  }

  synchronized void lose() {
    if (phase == Phase.HELD) {
      phase = Phase.LOST;
    }
  }

  synchronized void giveUp() {
    if (phase != Phase.CLOSED) {
      phase = Phase.GIVEN_UP;
    }
  }

  /** Whether this call closed it. */
  synchronized boolean close() {
    boolean first = phase != Phase.CLOSED;
    phase = Phase.CLOSED;
    return first;
  }

  /** Whether a status says that the server does not know the stateid (any more). */
  static boolean isLost(Nfsstat4 status) {
    return switch (status) {
      case NFS4ERR_BAD_STATEID,
          NFS4ERR_STALE_STATEID,
          NFS4ERR_OLD_STATEID,
          NFS4ERR_EXPIRED,
          NFS4ERR_ADMIN_REVOKED,
          NFS4ERR_DELEG_REVOKED ->
          true;
      default -> false;
    };
  }
}
