package io.ferrynfs.client.session;

import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import org.jspecify.annotations.Nullable;

/**
 * A session as the server granted it (RFC 8881 section 18.36).
 *
 * @param id the session id
 * @param clientid the client id
 * @param minorVersion the minor version of its COMPOUNDs
 * @param persistent whether the reply cache survives a restart of the server
 * @param callbacks whether the server uses the connection for the backchannel
 * @param fore the attributes of the fore channel
 */
record SessionInfo(
    Sessionid4 id,
    long clientid,
    int minorVersion,
    boolean persistent,
    boolean callbacks,
    ChannelAttrs4 fore) {

  /** The size of the headers of a message, and the minimum of its data. */
  private static final long MESSAGE_BYTES_MIN = 1024 + 4096;

  /** SEQUENCE, a few LOOKUPs, OPEN, GETFH, GETATTR. */
  private static final long OPERATIONS_MIN = 8;

  /** Returns why a channel is unusable, for people; null if it is usable. */
  static @Nullable String objection(ChannelAttrs4 fore) {
    if (fore.maxrequests() < 1) {
      return "it has no slots";
    }
    if (fore.maxoperations() < OPERATIONS_MIN) {
      return atLeast("operations in a request", fore.maxoperations(), OPERATIONS_MIN);
    }
    if (fore.maxrequestsize() < MESSAGE_BYTES_MIN) {
      return atLeast("bytes of a request", fore.maxrequestsize(), MESSAGE_BYTES_MIN);
    }
    if (fore.maxresponsesize() < MESSAGE_BYTES_MIN) {
      return atLeast("bytes of a reply", fore.maxresponsesize(), MESSAGE_BYTES_MIN);
    }
    return null;
  }

  private static String atLeast(String what, long granted, long least) {
    return "at most " + granted + " " + what + ", and " + least + " are needed";
  }

  int slots() {
    return (int) Math.min(Math.max(fore.maxrequests(), 1), 1024);
  }
}
