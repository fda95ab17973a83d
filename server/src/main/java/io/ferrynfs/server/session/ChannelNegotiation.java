package io.ferrynfs.server.session;

import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.net.SocketAddress;

/** Negotiates the channel attributes of CREATE_SESSION (RFC 8881 section 18.36.3). */
final class ChannelNegotiation {
  /** SEQUENCE and another operation. */
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
   * Returns the fore channel and reserves its reply cache.
   *
   * @param client the client of the session
   * @param from the address of the client
   * @throws NfsStatusException NFS4ERR_TOOSMALL; NFS4ERR_NOSPC at the client's share of the reply
   *     cache; NFS4ERR_DELAY if no reply cache is left
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
        shortage.log(client, from, "gets 1 slot instead of " + slots);
      }
      return grant;
    } catch (NfsStatusException refused) {
      if (refused.status() == Nfsstat4.NFS4ERR_DELAY) {
        shortage.log(client, from, "gets no session");
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
   * Returns the attributes of the backchannel, with the client's numbers of slots and operations.
   * They are checked even if the client requests no backchannel, because BIND_CONN_TO_SESSION may
   * add one later.
   *
   * @throws NfsStatusException NFS4ERR_TOOSMALL if no callback fits
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
