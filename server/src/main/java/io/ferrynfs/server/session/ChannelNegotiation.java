package io.ferrynfs.server.session;

import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.net.SocketAddress;

/** What CREATE_SESSION agrees to (RFC 8881 section 18.36.3). */
final class ChannelNegotiation {
  /** SEQUENCE and one more operation. */
  private static final int OPERATIONS_MIN = 2;

  /** An RPC header (40 bytes), an empty tag, SEQUENCE (36) and an operation without arguments. */
  private static final int REQUEST_BYTES_MIN = 92;

  /** A reply of SEQUENCE and an operation that fails. */
  private static final int RESPONSE_BYTES_MIN = 256;

  private final ServerLimits limits;
  private final ReplyCacheBudget budget;
  private final ReplyCacheShortage shortage;

  ChannelNegotiation(ServerLimits limits, ReplyCacheBudget budget, ReplyCacheShortage shortage) {
    this.limits = limits;
    this.budget = budget;
    this.shortage = shortage;
  }

  /**
   * The fore channel. Takes its reply cache from the budget.
   *
   * @param client whose it is, with the sessions that it has
   * @param from where the client is
   * @throws NfsStatusException NFS4ERR_TOOSMALL; NFS4ERR_NOSPC when the client has its share of the
   *     reply cache already, NFS4ERR_DELAY when none is left
   */
  ForeChannel fore(ChannelAttrs4 wanted, Client client, SocketAddress from)
      throws NfsStatusException {
    checkUsable(wanted);
    long response = Math.min(wanted.maxresponsesize(), limits.responseBytesMax());
    long cached =
        Math.min(Math.min(wanted.maxresponsesizeCached(), limits.cachedReplyBytesMax()), response);
    int slots = (int) Math.min(wanted.maxrequests(), limits.slotsPerSessionMax());
    ReplyCacheBudget.Reservation grant = reserve(slots, cached, client, from);
    return new ForeChannel(
        new ChannelAttrs4(
            0,
            Math.min(wanted.maxrequestsize(), limits.requestBytesMax()),
            response,
            grant.cachedBytes(),
            Math.min(wanted.maxoperations(), limits.operationsPerCompoundMax()),
            grant.slots(),
            null),
        Hosts.of(from));
  }

  private ReplyCacheBudget.Reservation reserve(
      int slots, long cached, Client client, SocketAddress from) throws NfsStatusException {
    try {
      ReplyCacheBudget.Reservation grant =
          budget.reserve(
              slots, cached, Hosts.of(from), bytesOfClientMax(client), client.sessions().size());
      if (grant.isShort()) {
        shortage.say(client, from, "gets 1 slot of the " + slots + " that it wants");
      }
      return grant;
    } catch (NfsStatusException refused) {
      if (refused.status() == Nfsstat4.NFS4ERR_DELAY) {
        shortage.say(client, from, "gets no session for now");
      }
      throw refused;
    }
  }

  private long bytesOfClientMax(Client client) {
    long taken = 0;
    for (Session session : client.sessions()) {
      taken += session.foreChannel().cacheBytes();
    }
    return limits.shares().cachedReplyBytesPerClientMax() - taken;
  }

  /**
   * The backchannel, where the client's numbers of slots and operations must stay as they are. One
   * that is not used now may be later (BIND_CONN_TO_SESSION), so it has to be of use, too.
   *
   * @throws NfsStatusException NFS4ERR_TOOSMALL when no callback would fit
   */
  static ChannelAttrs4 back(ChannelAttrs4 wanted) throws NfsStatusException {
    checkUsable(wanted);
    return new ChannelAttrs4(
        0,
        wanted.maxrequestsize(),
        wanted.maxresponsesize(),
        wanted.maxresponsesizeCached(),
        wanted.maxoperations(),
        wanted.maxrequests(),
        null);
  }

  private static void checkUsable(ChannelAttrs4 wanted) throws NfsStatusException {
    if (wanted.maxrequestsize() < REQUEST_BYTES_MIN
        || wanted.maxresponsesize() < RESPONSE_BYTES_MIN
        || wanted.maxoperations() < OPERATIONS_MIN
        || wanted.maxrequests() < 1) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_TOOSMALL);
    }
  }
}
