package ferry.server.session;

import ferry.wire.nfs4.Sessionid4;

/**
 * Where a request executes.
 *
 * @param session whose slot it is
 * @param slot its number
 */
public record SlotPlace(Sessionid4 session, long slot) {}
