package io.ferrynfs.server.state;

import io.ferrynfs.wire.nfs4.Stateid4;

/** The delegation part of an OPEN. */
public sealed interface DelegationGrant {

  /**
   * A read delegation.
   *
   * @param stateid its stateid
   * @param recalled whether it is recalled at once
   */
  record Read(Stateid4 stateid, boolean recalled) implements DelegationGrant {}

  /** No delegation. */
  enum No implements DelegationGrant {
    /** The request does not allow one. */
    NOT_OFFERED,
    /** Other clients change the file or did so recently, or the client has a delegation already. */
    CONTENTION,
    /** The client or the server has reached its limit. */
    RESOURCE
  }
}
