package io.ferrynfs.server.session;

import io.ferrynfs.wire.nfs4.Sessionid4;

/**
 * The slot in which a request executes.
 *
 * @param session the session of the slot
 * @param slot the number of the slot
 */
public record SlotId(Sessionid4 session, long slot) {}
