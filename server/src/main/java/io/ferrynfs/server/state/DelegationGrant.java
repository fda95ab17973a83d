package io.ferrynfs.server.state;

import io.ferrynfs.wire.nfs4.Stateid4;

/** Whether an OPEN came with a delegation. */
public sealed interface DelegationGrant {

  /**
   * A read delegation.
   *
   * @param stateid its stateid
   * @param recalled whether the client has to return it at once
   */
  record Read(Stateid4 stateid, boolean recalled) implements DelegationGrant {}

  /** None. */
  enum No implements DelegationGrant {
    /** There was no question of one. */
    NOT_OFFERED,
    /** Others change the file or did so lately, or the client has one already. */
    CONTENTION,
    /** A limit of the client or the server. */
    RESOURCE
  }
}
