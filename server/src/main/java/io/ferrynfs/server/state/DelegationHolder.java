package io.ferrynfs.server.state;

import io.ferrynfs.wire.nfs4.Stateid4;

/** The client that holds a delegation. */
@FunctionalInterface
public interface DelegationHolder {

  /**
   * Recalls the delegation. Called once for each delegation, under no lock. {@link
   * DelegationTable#recallFailed} reports a recall that the client rejects.
   */
  void recall(Stateid4 stateid);
}
