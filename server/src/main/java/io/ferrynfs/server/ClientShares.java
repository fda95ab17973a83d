package io.ferrynfs.server;

import io.ferrynfs.rpc.limit.Limit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits of one client, or of one address, for resources that all clients share. A client that uses
 * its whole share leaves enough for the other clients.
 */
public final class ClientShares {
  private static final long MIB = 1 << 20;

  private final int clientsPerAddressMax;
  private final int connectionsPerAddressMax;
  private final long cachedReplyBytesPerClientMax;
  private final int bulkQueuedPerClientMax;
  private final long bulkBytesPerClientMax;

  private ClientShares(Builder from) {
    clientsPerAddressMax = from.clientsPerAddressMax;
    connectionsPerAddressMax = from.connectionsPerAddressMax;
    cachedReplyBytesPerClientMax = from.cachedReplyBytesPerClientMax;
    bulkQueuedPerClientMax = from.bulkQueuedPerClientMax;
    bulkBytesPerClientMax = from.bulkBytesPerClientMax;
  }

  /** Returns the shares of {@link ServerLimits#defaults}. */
  public static ClientShares defaults() {
    return builder().build();
  }

  /** Returns a builder with the default of each limit. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder with these limits. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Returns the maximum number of confirmed client records of an address. */
  public int clientsPerAddressMax() {
    return clientsPerAddressMax;
  }

  /** Returns the maximum number of connections of an address. */
  public int connectionsPerAddressMax() {
    return connectionsPerAddressMax;
  }

  /** Returns the maximum size of all cached replies of a client in bytes. */
  public long cachedReplyBytesPerClientMax() {
    return cachedReplyBytesPerClientMax;
  }

  /** Returns the maximum number of bulk operations of a client that wait for a thread. */
  public int bulkQueuedPerClientMax() {
    return bulkQueuedPerClientMax;
  }

  /**
   * Returns the maximum size in bytes of the requests of a client whose bulk operations wait or
   * execute.
   */
  public long bulkBytesPerClientMax() {
    return bulkBytesPerClientMax;
  }

  private List<Object> values() {
    return List.of(
        clientsPerAddressMax,
        connectionsPerAddressMax,
        cachedReplyBytesPerClientMax,
        bulkQueuedPerClientMax,
        bulkBytesPerClientMax);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClientShares that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "ClientShares" + values();
  }

  /**
   * A builder of ClientShares. Setters throw {@link IllegalArgumentException} for a value out of
   * range.
   */
  public static final class Builder {
    private int clientsPerAddressMax = 1024;
    private int connectionsPerAddressMax = 1024;
    private long cachedReplyBytesPerClientMax = 4 * MIB;
    private int bulkQueuedPerClientMax = 1024;
    private long bulkBytesPerClientMax = 66 * MIB;

    private Builder() {}

    private Builder(ClientShares from) {
      clientsPerAddressMax = from.clientsPerAddressMax;
      connectionsPerAddressMax = from.connectionsPerAddressMax;
      cachedReplyBytesPerClientMax = from.cachedReplyBytesPerClientMax;
      bulkQueuedPerClientMax = from.bulkQueuedPerClientMax;
      bulkBytesPerClientMax = from.bulkBytesPerClientMax;
    }

    /**
     * Sets the maximum number of confirmed client records of an address. Beyond it the first
     * CREATE_SESSION of a client fails with NFS4ERR_NOSPC.
     */
    public Builder clientsPerAddressMax(int value) {
      clientsPerAddressMax = Limit.notNegative("clientsPerAddressMax", value);
      return this;
    }

    /**
     * Sets the maximum number of connections of an address. A further one replaces another of the
     * same address, or is closed.
     */
    public Builder connectionsPerAddressMax(int value) {
      connectionsPerAddressMax = Limit.notNegative("connectionsPerAddressMax", value);
      return this;
    }

    /**
     * Sets the maximum size of all cached replies of a client in bytes. Near it the sessions of the
     * client get fewer slots; beyond it CREATE_SESSION fails with NFS4ERR_NOSPC.
     */
    public Builder cachedReplyBytesPerClientMax(long value) {
      cachedReplyBytesPerClientMax = Limit.notNegative("cachedReplyBytesPerClientMax", value);
      return this;
    }

    /**
     * Sets the maximum number of bulk operations of a client that wait for a thread. Beyond it an
     * operation fails with NFS4ERR_DELAY.
     */
    public Builder bulkQueuedPerClientMax(int value) {
      bulkQueuedPerClientMax = Limit.notNegative("bulkQueuedPerClientMax", value);
      return this;
    }

    /**
     * Sets the maximum size in bytes of the requests of a client whose bulk operations wait or
     * execute. Beyond it an operation fails with NFS4ERR_DELAY. The default has room for a session
     * whose slots are all full of data.
     */
    public Builder bulkBytesPerClientMax(long value) {
      bulkBytesPerClientMax = Limit.notNegative("bulkBytesPerClientMax", value);
      return this;
    }

    /** Returns the limits. */
    public ClientShares build() {
      return new ClientShares(this);
    }
  }
}
