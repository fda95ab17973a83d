package io.ferrynfs.server;

/**
 * What one client, or one address, may take of what all share, so that one that takes all it can
 * get leaves the others theirs.
 *
 * @param clientsPerAddressMax confirmed client records; the first CREATE_SESSION of one more
 *     answers NFS4ERR_NOSPC
 * @param connectionsPerAddressMax connections; one more takes the place of one of the same address
 *     or is closed
 * @param cachedReplyBytesPerClientMax of the memory for cached replies; a client's sessions get
 *     fewer slots as it comes near, and CREATE_SESSION answers NFS4ERR_NOSPC beyond
 * @param bulkQueuedPerClientMax bulk operations that wait for a thread; beyond, NFS4ERR_DELAY
 * @param bulkBytesPerClientMax bytes of requests whose bulk operations wait or execute; beyond,
 *     NFS4ERR_DELAY. All slots of a session full of data are within
 */
public record ClientShares(
    int clientsPerAddressMax,
    int connectionsPerAddressMax,
    long cachedReplyBytesPerClientMax,
    int bulkQueuedPerClientMax,
    long bulkBytesPerClientMax) {
  private static final long MIB = 1 << 20;

  /** Shares of {@link ServerLimits#defaults}. */
  public static ClientShares defaults() {
    return new ClientShares(1024, 1024, 4 * MIB, 1024, 66 * MIB);
  }

  /** The same with another number of clients of an address. */
  public ClientShares withClientsPerAddressMax(int clients) {
    return new ClientShares(
        clients,
        connectionsPerAddressMax,
        cachedReplyBytesPerClientMax,
        bulkQueuedPerClientMax,
        bulkBytesPerClientMax);
  }

  /** The same with another number of connections of an address. */
  public ClientShares withConnectionsPerAddressMax(int connections) {
    return new ClientShares(
        clientsPerAddressMax,
        connections,
        cachedReplyBytesPerClientMax,
        bulkQueuedPerClientMax,
        bulkBytesPerClientMax);
  }

  /** The same with other memory for a client's cached replies. */
  public ClientShares withCachedReplyBytesPerClientMax(long bytes) {
    return new ClientShares(
        clientsPerAddressMax,
        connectionsPerAddressMax,
        bytes,
        bulkQueuedPerClientMax,
        bulkBytesPerClientMax);
  }

  /** The same with other bounds of bulk operations: how many, and the bytes of their requests. */
  public ClientShares withBulk(int queued, long bytes) {
    return new ClientShares(
        clientsPerAddressMax,
        connectionsPerAddressMax,
        cachedReplyBytesPerClientMax,
        queued,
        bytes);
  }
}
