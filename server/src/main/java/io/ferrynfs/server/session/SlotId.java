package io.ferrynfs.server.session;

import io.ferrynfs.wire.nfs4.Sessionid4;

/**
 * Where a request executes.
 *
 * @param session whose slot it is
 * @param slot its number
 */
public record SlotId(Sessionid4 session, long slot) {}
