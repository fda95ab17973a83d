package ferry.server.config;

import java.util.function.Consumer;

/**
 * Bounds of everything that peers can grow, and the error a peer meets at each.
 *
 * @param clientsMax client records; EXCHANGE_ID answers NFS4ERR_DELAY beyond
 * @param sessionsPerClientMax CREATE_SESSION answers NFS4ERR_RESOURCE beyond
 * @param slotsPerSessionMax highest number of slots granted in ca_maxrequests
 * @param connectionsPerSessionMax BIND_CONN_TO_SESSION answers NFS4ERR_RESOURCE beyond
 * @param requestBytesMax ca_maxrequestsize: one READ or WRITE of 1 MiB with its COMPOUND around it
 * @param responseBytesMax ca_maxresponsesize
 * @param cachedReplyBytesMax ca_maxresponsesize_cached, the most that one slot may keep
 * @param cachedReplyBytesTotalMax bytes of all cached replies of the server; beyond, new sessions
 *     get fewer slots
 * @param operationsPerCompoundMax ca_maxoperations
 * @param ioBytesMax maxread and maxwrite
 * @param stateidsPerClientMax opens, locks and delegations; OPEN answers NFS4ERR_NOSPC beyond
 * @param callbacksPendingPerClientMax callbacks that wait for a path or a slot
 * @param leaseSeconds the lease
 * @param bulkThreads threads for bulk operations
 * @param bulkQueueMax bulk operations that wait for a thread; beyond, NFS4ERR_DELAY
 * @param connectionsMax connections of the server
 * @param locks byte-range locks
 * @param copies asynchronous copies
 */
public record ServerLimits(
    int clientsMax,
    int sessionsPerClientMax,
    int slotsPerSessionMax,
    int connectionsPerSessionMax,
    int requestBytesMax,
    int responseBytesMax,
    int cachedReplyBytesMax,
    long cachedReplyBytesTotalMax,
    int operationsPerCompoundMax,
    int ioBytesMax,
    int stateidsPerClientMax,
    int callbacksPendingPerClientMax,
    int leaseSeconds,
    int bulkThreads,
    int bulkQueueMax,
    int connectionsMax,
    LockLimits locks,
    CopyLimits copies) {

  private static final int MIB = 1 << 20;
  private static final int HEADROOM = 4096;

  /** Limits for a server of a few hundred clients in a heap of 256 MiB. */
  public static ServerLimits defaults() {
    return new ServerLimits(
        4096,
        16,
        64,
        16,
        MIB + HEADROOM,
        MIB + HEADROOM,
        4096,
        64L * MIB,
        64,
        MIB,
        100_000,
        256,
        90,
        16,
        4096,
        2048,
        LockLimits.defaults(),
        CopyLimits.defaults());
  }

  /** The same with another lease. */
  public ServerLimits withLeaseSeconds(int seconds) {
    return with(draft -> draft.leaseSeconds = seconds);
  }

  /** The same with another number of clients. */
  public ServerLimits withClientsMax(int clients) {
    return with(draft -> draft.clientsMax = clients);
  }

  /** The same with another number of sessions. */
  public ServerLimits withSessionsPerClientMax(int sessions) {
    return with(draft -> draft.sessionsPerClientMax = sessions);
  }

  /** The same with other memory for cached replies. */
  public ServerLimits withCachedReplyBytesTotalMax(long bytes) {
    return with(draft -> draft.cachedReplyBytesTotalMax = bytes);
  }

  /** The same with another number of stateids. */
  public ServerLimits withStateidsPerClientMax(int stateids) {
    return with(draft -> draft.stateidsPerClientMax = stateids);
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

  /** The same with other bounds of byte-range locks. */
  public ServerLimits withLocks(LockLimits bounds) {
    return with(draft -> draft.locks = bounds);
  }

  /** The same with other bounds of copies. */
  public ServerLimits withCopies(CopyLimits bounds) {
    return with(draft -> draft.copies = bounds);
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
    private int sessionsPerClientMax;
    private long cachedReplyBytesTotalMax;
    private int ioBytesMax;
    private int stateidsPerClientMax;
    private int callbacksPendingPerClientMax;
    private int leaseSeconds;
    private int connectionsMax;
    private LockLimits locks;
    private CopyLimits copies;

    Draft(ServerLimits from) {
      this.from = from;
      clientsMax = from.clientsMax;
      sessionsPerClientMax = from.sessionsPerClientMax;
      cachedReplyBytesTotalMax = from.cachedReplyBytesTotalMax;
      ioBytesMax = from.ioBytesMax;
      stateidsPerClientMax = from.stateidsPerClientMax;
      callbacksPendingPerClientMax = from.callbacksPendingPerClientMax;
      leaseSeconds = from.leaseSeconds;
      connectionsMax = from.connectionsMax;
      locks = from.locks;
      copies = from.copies;
    }

    ServerLimits done() {
      return new ServerLimits(
          clientsMax,
          sessionsPerClientMax,
          from.slotsPerSessionMax,
          from.connectionsPerSessionMax,
          from.requestBytesMax,
          from.responseBytesMax,
          from.cachedReplyBytesMax,
          cachedReplyBytesTotalMax,
          from.operationsPerCompoundMax,
          ioBytesMax,
          stateidsPerClientMax,
          callbacksPendingPerClientMax,
          leaseSeconds,
          from.bulkThreads,
          from.bulkQueueMax,
          connectionsMax,
          locks,
          copies);
    }
  }
}
