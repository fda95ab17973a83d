package ferry.client.session;

import ferry.wire.nfs4.ChannelAttrs4;
import ferry.wire.nfs4.Sessionid4;

/**
 * A session as the server made it (RFC 5661 section 18.36).
 *
 * @param id its name
 * @param clientid the client it belongs to
 * @param minorVersion the minor version all its COMPOUNDs have
 * @param persistent whether the server keeps the reply cache over a restart
 * @param callbacks whether the server will use the connection for the backchannel
 * @param fore the limits of the fore channel
 */
record SessionInfo(
    Sessionid4 id,
    long clientid,
    int minorVersion,
    boolean persistent,
    boolean callbacks,
    ChannelAttrs4 fore) {

  int slots() {
    return (int) Math.min(Math.max(fore.maxrequests(), 1), 1024);
  }
}
