package io.ferrynfs.server;

import java.util.function.Consumer;

/**
 * Bounds of everything that peers can grow, and the error a peer meets at each.
 *
 * @param clientsMax client records; beyond, unconfirmed ones go, then those that are kept by
 *     courtesy, and when there is neither EXCHANGE_ID answers NFS4ERR_DELAY
 * @param unconfirmedClientsMax client records without a session; beyond, the oldest goes
 * @param sessionsPerClientMax CREATE_SESSION answers NFS4ERR_NOSPC beyond
 * @param slotsPerSessionMax highest number of slots granted in ca_maxrequests
 * @param connectionsPerSessionMax of its fore channel; one more takes the place of the oldest
 * @param requestBytesMax ca_maxrequestsize: one READ or WRITE of 1 MiB with its COMPOUND around it
 * @param responseBytesMax ca_maxresponsesize
 * @param cachedReplyBytesMax ca_maxresponsesize_cached, the most that one slot may keep
 * @param cachedReplyBytesTotalMax bytes of all cached replies of the server; the less is left, the
 *     fewer slots new sessions get, and when nothing is CREATE_SESSION answers NFS4ERR_DELAY
 * @param replyBytesTotalMax bytes of all replies that clients have not taken yet; beyond, the
 *     connection ends that has taken nothing for the longest
 * @param operationsPerCompoundMax ca_maxoperations
 * @param ioBytesMax maxread and maxwrite
 * @param stateidsPerClientMax opens, locks and delegations; OPEN answers NFS4ERR_NOSPC beyond
 * @param stateidsTotalMax the same of all clients; as it comes near, OPEN answers NFS4ERR_NOSPC to
 *     clients that hold more than a quarter of what is left
 * @param callbacksPendingPerClientMax callbacks that wait for a path or a slot
 * @param leaseSeconds the lease
 * @param bulkThreads threads for bulk operations
 * @param bulkQueueMax bulk operations that wait for a thread; beyond, NFS4ERR_DELAY
 * @param connectionsMax connections of the server
 * @param shares what one client or address may take of what all share
 * @param courtesy for clients whose lease has run out
 * @param locks byte-range locks
 * @param copies asynchronous copies
 * @param delegations delegations
 */
public record ServerLimits(
    int clientsMax,
    int unconfirmedClientsMax,
    int sessionsPerClientMax,
    int slotsPerSessionMax,
    int connectionsPerSessionMax,
    int requestBytesMax,
    int responseBytesMax,
    int cachedReplyBytesMax,
    long cachedReplyBytesTotalMax,
    long replyBytesTotalMax,
    int operationsPerCompoundMax,
    int ioBytesMax,
    int stateidsPerClientMax,
    int stateidsTotalMax,
    int callbacksPendingPerClientMax,
    int leaseSeconds,
    int bulkThreads,
    int bulkQueueMax,
    int connectionsMax,
    ClientShares shares,
    CourtesyLimits courtesy,
    LockLimits locks,
    CopyLimits copies,
    DelegationLimits delegations) {

  private static final int MIB = 1 << 20;
  private static final int HEADROOM = 4096;

  /** Limits for a server of a few hundred clients in a heap of 256 MiB. */
  public static ServerLimits defaults() {
    return new ServerLimits(
        4096,
        1024,
        16,
        64,
        16,
        MIB + HEADROOM,
        MIB + HEADROOM,
        4096,
        64L * MIB,
        64L * MIB,
        64,
        MIB,
        100_000,
        500_000,
        256,
        90,
        16,
        4096,
        2048,
        ClientShares.defaults(),
        CourtesyLimits.defaults(),
        LockLimits.defaults(),
        CopyLimits.defaults(),
        DelegationLimits.defaults());
  }

  /** The same with another lease. */
  public ServerLimits withLeaseSeconds(int seconds) {
    return with(draft -> draft.leaseSeconds = seconds);
  }

  /** The same with another number of clients. */
  public ServerLimits withClientsMax(int clients) {
    return with(draft -> draft.clientsMax = clients);
  }

  /** The same with another number of clients that have no session yet. */
  public ServerLimits withUnconfirmedClientsMax(int clients) {
    return with(draft -> draft.unconfirmedClientsMax = clients);
  }

  /** The same with another number of sessions. */
  public ServerLimits withSessionsPerClientMax(int sessions) {
    return with(draft -> draft.sessionsPerClientMax = sessions);
  }

  /** The same with other memory for cached replies. */
  public ServerLimits withCachedReplyBytesTotalMax(long bytes) {
    return with(draft -> draft.cachedReplyBytesTotalMax = bytes);
  }

  /** The same with other memory for replies that clients do not take. */
  public ServerLimits withReplyBytesTotalMax(long bytes) {
    return with(draft -> draft.replyBytesTotalMax = bytes);
  }

  /** The same with another number of stateids. */
  public ServerLimits withStateidsPerClientMax(int stateids) {
    return with(draft -> draft.stateidsPerClientMax = stateids);
  }

  /** The same with another number of stateids of all clients. */
  public ServerLimits withStateidsTotalMax(int stateids) {
    return with(draft -> draft.stateidsTotalMax = stateids);
  }

  /** The same with another number of callbacks. */
  public ServerLimits withCallbacksPendingPerClientMax(int callbacks) {
    return with(draft -> draft.callbacksPendingPerClientMax = callbacks);
  }

  /** The same with another number of connections. */
  public ServerLimits withConnectionsMax(int connections) {
    return with(draft -> draft.connectionsMax = connections);
  }

  /** The same with another size of READ and WRITE. */
  public ServerLimits withIoBytesMax(int bytes) {
    return with(draft -> draft.ioBytesMax = bytes);
  }

  /** The same with other shares of one client or address. */
  public ServerLimits withShares(ClientShares bounds) {
    return with(draft -> draft.shares = bounds);
  }

  /** The same with another courtesy. */
  public ServerLimits withCourtesy(CourtesyLimits bounds) {
    return with(draft -> draft.courtesy = bounds);
  }

  /** The same with other bounds of byte-range locks. */
  public ServerLimits withLocks(LockLimits bounds) {
    return with(draft -> draft.locks = bounds);
  }

  /** The same with other bounds of copies. */
  public ServerLimits withCopies(CopyLimits bounds) {
    return with(draft -> draft.copies = bounds);
  }

  /** The same with other bounds of delegations. */
  public ServerLimits withDelegations(DelegationLimits bounds) {
    return with(draft -> draft.delegations = bounds);
  }

  private ServerLimits with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /** The limits that have a wither, while one of them changes. */
  private static final class Draft {
    private final ServerLimits from;
    private int clientsMax;
    private int unconfirmedClientsMax;
    private int sessionsPerClientMax;
    private long cachedReplyBytesTotalMax;
    private long replyBytesTotalMax;
    private int ioBytesMax;
    private int stateidsPerClientMax;
    private int stateidsTotalMax;
    private int callbacksPendingPerClientMax;
    private int leaseSeconds;
    private int connectionsMax;
    private ClientShares shares;
    private CourtesyLimits courtesy;
    private LockLimits locks;
    private CopyLimits copies;
    private DelegationLimits delegations;

    Draft(ServerLimits from) {
      this.from = from;
      clientsMax = from.clientsMax;
      unconfirmedClientsMax = from.unconfirmedClientsMax;
      sessionsPerClientMax = from.sessionsPerClientMax;
      cachedReplyBytesTotalMax = from.cachedReplyBytesTotalMax;
      replyBytesTotalMax = from.replyBytesTotalMax;
      ioBytesMax = from.ioBytesMax;
      stateidsPerClientMax = from.stateidsPerClientMax;
      stateidsTotalMax = from.stateidsTotalMax;
      callbacksPendingPerClientMax = from.callbacksPendingPerClientMax;
      leaseSeconds = from.leaseSeconds;
      connectionsMax = from.connectionsMax;
      shares = from.shares;
      courtesy = from.courtesy;
      locks = from.locks;
      copies = from.copies;
      delegations = from.delegations;
    }

    ServerLimits done() {
      return new ServerLimits(
          clientsMax,
          unconfirmedClientsMax,
          sessionsPerClientMax,
          from.slotsPerSessionMax,
          from.connectionsPerSessionMax,
          from.requestBytesMax,
          from.responseBytesMax,
          from.cachedReplyBytesMax,
          cachedReplyBytesTotalMax,
          replyBytesTotalMax,
          from.operationsPerCompoundMax,
          ioBytesMax,
          stateidsPerClientMax,
          stateidsTotalMax,
          callbacksPendingPerClientMax,
          leaseSeconds,
          from.bulkThreads,
          from.bulkQueueMax,
          connectionsMax,
          shares,
          courtesy,
          locks,
          copies,
          delegations);
    }
  }
}
