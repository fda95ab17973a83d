package io.ferrynfs.server.state;

import io.ferrynfs.wire.nfs4.Stateid4;

/**
 * What OPEN got.
 *
 * @param stateid the stateid to answer
 * @param created true when the owner had not had this file open, so that undoing this OPEN is
 *     closing it
 * @param grant the delegation that comes with it, if any
 */
public record OpenResult(Stateid4 stateid, boolean created, DelegationGrant grant) {}
