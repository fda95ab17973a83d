package io.ferrynfs.client.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;

/** The stateid of an open, and whether the server knows it. Safe for use by several threads. */
final class OpenStateid {

  private enum Phase {
    HELD,
    LOST,
    GIVEN_UP,
    CLOSED
  }

  @GuardedBy("this")
  private Stateid4 stateid;

  @GuardedBy("this")
  private Phase phase = Phase.HELD;

  OpenStateid(Stateid4 stateid) {
    this.stateid = stateid;
  }

  synchronized Stateid4 stateid() {
    return stateid;
  }

  /**
   * Returns the stateid to use.
   *
   * @throws CallException if the file is closed or could not be opened again
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

  /** Closes the open. Returns whether it was open. */
  synchronized boolean close() {
    boolean first = phase != Phase.CLOSED;
    phase = Phase.CLOSED;
    return first;
  }

  /** Returns whether a status means that the server does not know the stateid. */
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
