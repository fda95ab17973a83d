package io.ferrynfs.server.state;

import io.ferrynfs.wire.nfs4.Stateid4;

/**
 * The result of an OPEN.
 *
 * @param stateid the open stateid
 * @param created whether the owner did not have the file open before, so that CLOSE reverts this
 *     OPEN
 * @param grant the delegation part of the reply
 */
public record OpenResult(Stateid4 stateid, boolean created, DelegationGrant grant) {}
