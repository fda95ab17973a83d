package ferry.server.config;

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
    int connectionsMax) {

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
        2048);
  }

  /** The same with another lease. */
  public ServerLimits withLeaseSeconds(int seconds) {
    return new ServerLimits(
        clientsMax,
        sessionsPerClientMax,
        slotsPerSessionMax,
        connectionsPerSessionMax,
        requestBytesMax,
        responseBytesMax,
        cachedReplyBytesMax,
        cachedReplyBytesTotalMax,
        operationsPerCompoundMax,
        ioBytesMax,
        stateidsPerClientMax,
        callbacksPendingPerClientMax,
        seconds,
        bulkThreads,
        bulkQueueMax,
        connectionsMax);
  }

  /** The same with another number of clients. */
  public ServerLimits withClientsMax(int clients) {
    return new ServerLimits(
        clients,
        sessionsPerClientMax,
        slotsPerSessionMax,
        connectionsPerSessionMax,
        requestBytesMax,
        responseBytesMax,
        cachedReplyBytesMax,
        cachedReplyBytesTotalMax,
        operationsPerCompoundMax,
        ioBytesMax,
        stateidsPerClientMax,
        callbacksPendingPerClientMax,
        leaseSeconds,
        bulkThreads,
        bulkQueueMax,
        connectionsMax);
  }

  /** The same with another number of sessions. */
  public ServerLimits withSessionsPerClientMax(int sessions) {
    return new ServerLimits(
        clientsMax,
        sessions,
        slotsPerSessionMax,
        connectionsPerSessionMax,
        requestBytesMax,
        responseBytesMax,
        cachedReplyBytesMax,
        cachedReplyBytesTotalMax,
        operationsPerCompoundMax,
        ioBytesMax,
        stateidsPerClientMax,
        callbacksPendingPerClientMax,
        leaseSeconds,
        bulkThreads,
        bulkQueueMax,
        connectionsMax);
  }

  /** The same with other memory for cached replies. */
  public ServerLimits withCachedReplyBytesTotalMax(long bytes) {
    return new ServerLimits(
        clientsMax,
        sessionsPerClientMax,
        slotsPerSessionMax,
        connectionsPerSessionMax,
        requestBytesMax,
        responseBytesMax,
        cachedReplyBytesMax,
        bytes,
        operationsPerCompoundMax,
        ioBytesMax,
        stateidsPerClientMax,
        callbacksPendingPerClientMax,
        leaseSeconds,
        bulkThreads,
        bulkQueueMax,
        connectionsMax);
  }

  /** The same with another number of stateids. */
  public ServerLimits withStateidsPerClientMax(int stateids) {
    return new ServerLimits(
        clientsMax,
        sessionsPerClientMax,
        slotsPerSessionMax,
        connectionsPerSessionMax,
        requestBytesMax,
        responseBytesMax,
        cachedReplyBytesMax,
        cachedReplyBytesTotalMax,
        operationsPerCompoundMax,
        ioBytesMax,
        stateids,
        callbacksPendingPerClientMax,
        leaseSeconds,
        bulkThreads,
        bulkQueueMax,
        connectionsMax);
  }

  /** The same with another number of callbacks. */
  public ServerLimits withCallbacksPendingPerClientMax(int callbacks) {
    return new ServerLimits(
        clientsMax,
        sessionsPerClientMax,
        slotsPerSessionMax,
        connectionsPerSessionMax,
        requestBytesMax,
        responseBytesMax,
        cachedReplyBytesMax,
        cachedReplyBytesTotalMax,
        operationsPerCompoundMax,
        ioBytesMax,
        stateidsPerClientMax,
        callbacks,
        leaseSeconds,
        bulkThreads,
        bulkQueueMax,
        connectionsMax);
  }

  /** The same with another number of connections. */
  public ServerLimits withConnectionsMax(int connections) {
    return new ServerLimits(
        clientsMax,
        sessionsPerClientMax,
        slotsPerSessionMax,
        connectionsPerSessionMax,
        requestBytesMax,
        responseBytesMax,
        cachedReplyBytesMax,
        cachedReplyBytesTotalMax,
        operationsPerCompoundMax,
        ioBytesMax,
        stateidsPerClientMax,
        callbacksPendingPerClientMax,
        leaseSeconds,
        bulkThreads,
        bulkQueueMax,
        connections);
  }
}
