package io.ferrynfs.server.state;

import io.ferrynfs.wire.nfs4.Stateid4;

/** Reaches the client that has a delegation. */
@FunctionalInterface
public interface DelegationHolder {

  /**
   * Asks the client to return it: once for each delegation, under no lock. Who refuses for good is
   * reported by {@link DelegationTable#recallFailed}.
   */
  void recall(Stateid4 stateid);
}
