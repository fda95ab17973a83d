package io.ferrynfs.server;

import io.ferrynfs.rpc.limit.Limit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Limits of the resources that clients can make a server hold, and the error of a request beyond
 * each.
 */
public final class ServerLimits {
  private static final int MIB = 1 << 20;

  /** Room for the other operations of a COMPOUND with 1 MiB of data. */
  private static final int HEADROOM = 4096;

  private final int clientsMax;
  private final int unconfirmedClientsMax;
  private final int sessionsPerClientMax;
  private final int slotsPerSessionMax;
  private final int connectionsPerSessionMax;
  private final int requestBytesMax;
  private final int responseBytesMax;
  private final int cachedReplyBytesMax;
  private final long cachedReplyBytesTotalMax;
  private final long replyBytesTotalMax;
  private final int operationsPerCompoundMax;
  private final int ioBytesMax;
  private final int stateidsPerClientMax;
  private final int stateidsTotalMax;
  private final int callbacksPendingPerClientMax;
  private final int leaseSeconds;
  private final int bulkThreads;
  private final int bulkQueueMax;
  private final int connectionsMax;
  private final ClientShares shares;
  private final CourtesyLimits courtesy;
  private final LockLimits locks;
  private final CopyLimits copies;
  private final DelegationLimits delegations;

  private ServerLimits(Builder from) {
    clientsMax = from.clientsMax;
    unconfirmedClientsMax = from.unconfirmedClientsMax;
    sessionsPerClientMax = from.sessionsPerClientMax;
    slotsPerSessionMax = from.slotsPerSessionMax;
    connectionsPerSessionMax = from.connectionsPerSessionMax;
    requestBytesMax = from.requestBytesMax;
    responseBytesMax = from.responseBytesMax;
    cachedReplyBytesMax = from.cachedReplyBytesMax;
    cachedReplyBytesTotalMax = from.cachedReplyBytesTotalMax;
    replyBytesTotalMax = from.replyBytesTotalMax;
    operationsPerCompoundMax = from.operationsPerCompoundMax;
    ioBytesMax = from.ioBytesMax;
    stateidsPerClientMax = from.stateidsPerClientMax;
    stateidsTotalMax = from.stateidsTotalMax;
    callbacksPendingPerClientMax = from.callbacksPendingPerClientMax;
    leaseSeconds = from.leaseSeconds;
    bulkThreads = from.bulkThreads;
    bulkQueueMax = from.bulkQueueMax;
    connectionsMax = from.connectionsMax;
    shares = from.shares;
    courtesy = from.courtesy;
    locks = from.locks;
    copies = from.copies;
    delegations = from.delegations;
  }

  /** Returns limits for a server with a few hundred clients in a heap of 256 MiB. */
  public static ServerLimits defaults() {
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

  /** Returns the maximum number of client records. */
  public int clientsMax() {
    return clientsMax;
  }

  /** Returns the maximum number of client records without a session. */
  public int unconfirmedClientsMax() {
    return unconfirmedClientsMax;
  }

  /** Returns the maximum number of sessions of a client. */
  public int sessionsPerClientMax() {
    return sessionsPerClientMax;
  }

  /**
   * Returns the maximum number of slots of a session, which CREATE_SESSION grants in
   * ca_maxrequests.
   */
  public int slotsPerSessionMax() {
    return slotsPerSessionMax;
  }

  /** Returns the maximum number of connections in the fore channel of a session. */
  public int connectionsPerSessionMax() {
    return connectionsPerSessionMax;
  }

  /** Returns the maximum size of a request in bytes (ca_maxrequestsize). */
  public int requestBytesMax() {
    return requestBytesMax;
  }

  /** Returns the maximum size of a reply in bytes (ca_maxresponsesize). */
  public int responseBytesMax() {
    return responseBytesMax;
  }

  /** Returns the maximum size of a cached reply in bytes (ca_maxresponsesize_cached). */
  public int cachedReplyBytesMax() {
    return cachedReplyBytesMax;
  }

  /** Returns the maximum size of all cached replies in bytes. */
  public long cachedReplyBytesTotalMax() {
    return cachedReplyBytesTotalMax;
  }

  /** Returns the maximum size in bytes of all replies that clients have not received yet. */
  public long replyBytesTotalMax() {
    return replyBytesTotalMax;
  }

  /** Returns the maximum number of operations of a COMPOUND (ca_maxoperations). */
  public int operationsPerCompoundMax() {
    return operationsPerCompoundMax;
  }

  /** Returns the maximum size of a READ or WRITE in bytes (attributes maxread and maxwrite). */
  public int ioBytesMax() {
    return ioBytesMax;
  }

  /** Returns the maximum number of opens, locks and delegations of a client. */
  public int stateidsPerClientMax() {
    return stateidsPerClientMax;
  }

  /** Returns the maximum number of opens, locks and delegations of all clients. */
  public int stateidsTotalMax() {
    return stateidsTotalMax;
  }

  /** Returns the maximum number of callbacks to a client that wait for a connection or a slot. */
  public int callbacksPendingPerClientMax() {
    return callbacksPendingPerClientMax;
  }

  /** Returns the lease in seconds. */
  public int leaseSeconds() {
    return leaseSeconds;
  }

  /** Returns the number of threads that execute bulk operations. */
  public int bulkThreads() {
    return bulkThreads;
  }

  /** Returns the maximum number of bulk operations that wait for a thread. */
  public int bulkQueueMax() {
    return bulkQueueMax;
  }

  /** Returns the maximum number of connections. */
  public int connectionsMax() {
    return connectionsMax;
  }

  /** Returns the shares that one client or one address may take of these limits. */
  public ClientShares shares() {
    return shares;
  }

  /** Returns the limits of courtesy clients, whose lease has expired. */
  public CourtesyLimits courtesy() {
    return courtesy;
  }

  /** Returns the limits of byte-range locks. */
  public LockLimits locks() {
    return locks;
  }

  /** Returns the limits of copies. */
  public CopyLimits copies() {
    return copies;
  }

  /** Returns the limits of delegations. */
  public DelegationLimits delegations() {
    return delegations;
  }

  private List<Object> values() {
    return List.of(
        clientsMax,
        unconfirmedClientsMax,
        sessionsPerClientMax,
        slotsPerSessionMax,
        connectionsPerSessionMax,
        requestBytesMax,
        responseBytesMax,
        cachedReplyBytesMax,
        cachedReplyBytesTotalMax,
        replyBytesTotalMax,
        operationsPerCompoundMax,
        ioBytesMax,
        stateidsPerClientMax,
        stateidsTotalMax,
        callbacksPendingPerClientMax,
        leaseSeconds,
        bulkThreads,
        bulkQueueMax,
        connectionsMax,
        shares,
        courtesy,
        locks,
        copies,
        delegations);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ServerLimits that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "ServerLimits" + values();
  }

  /**
   * A builder of ServerLimits. Setters throw {@link IllegalArgumentException} for a value out of
   * range.
   */
  public static final class Builder {
    private int clientsMax = 4096;
    private int unconfirmedClientsMax = 1024;
    private int sessionsPerClientMax = 16;
    private int slotsPerSessionMax = 64;
    private int connectionsPerSessionMax = 16;
    private int requestBytesMax = MIB + HEADROOM;
    private int responseBytesMax = MIB + HEADROOM;
    private int cachedReplyBytesMax = 4096;
    private long cachedReplyBytesTotalMax = 64L * MIB;
    private long replyBytesTotalMax = 64L * MIB;
    private int operationsPerCompoundMax = 64;
    private int ioBytesMax = MIB;
    private int stateidsPerClientMax = 100_000;
    private int stateidsTotalMax = 500_000;
    private int callbacksPendingPerClientMax = 256;
    private int leaseSeconds = 90;
    private int bulkThreads = 16;
    private int bulkQueueMax = 4096;
    private int connectionsMax = 2048;
    private ClientShares shares = ClientShares.defaults();
    private CourtesyLimits courtesy = CourtesyLimits.defaults();
    private LockLimits locks = LockLimits.defaults();
    private CopyLimits copies = CopyLimits.defaults();
    private DelegationLimits delegations = DelegationLimits.defaults();

    private Builder() {}

    private Builder(ServerLimits from) {
      clientsMax = from.clientsMax;
      unconfirmedClientsMax = from.unconfirmedClientsMax;
      sessionsPerClientMax = from.sessionsPerClientMax;
      slotsPerSessionMax = from.slotsPerSessionMax;
      connectionsPerSessionMax = from.connectionsPerSessionMax;
      requestBytesMax = from.requestBytesMax;
      responseBytesMax = from.responseBytesMax;
      cachedReplyBytesMax = from.cachedReplyBytesMax;
      cachedReplyBytesTotalMax = from.cachedReplyBytesTotalMax;
      replyBytesTotalMax = from.replyBytesTotalMax;
      operationsPerCompoundMax = from.operationsPerCompoundMax;
      ioBytesMax = from.ioBytesMax;
      stateidsPerClientMax = from.stateidsPerClientMax;
      stateidsTotalMax = from.stateidsTotalMax;
      callbacksPendingPerClientMax = from.callbacksPendingPerClientMax;
      leaseSeconds = from.leaseSeconds;
      bulkThreads = from.bulkThreads;
      bulkQueueMax = from.bulkQueueMax;
      connectionsMax = from.connectionsMax;
      shares = from.shares;
      courtesy = from.courtesy;
      locks = from.locks;
      copies = from.copies;
      delegations = from.delegations;
    }

    /**
     * Sets the maximum number of client records. Beyond it the server discards unconfirmed records,
     * then those of courtesy clients; if there are none, EXCHANGE_ID fails with NFS4ERR_DELAY.
     */
    public Builder clientsMax(int value) {
      clientsMax = Limit.notNegative("clientsMax", value);
      return this;
    }

    /**
     * Sets the maximum number of client records without a session. Beyond it the server discards
     * the oldest.
     */
    public Builder unconfirmedClientsMax(int value) {
      unconfirmedClientsMax = Limit.notNegative("unconfirmedClientsMax", value);
      return this;
    }

    /**
     * Sets the maximum number of sessions of a client. Beyond it CREATE_SESSION fails with
     * NFS4ERR_NOSPC.
     */
    public Builder sessionsPerClientMax(int value) {
      sessionsPerClientMax = Limit.positive("sessionsPerClientMax", value);
      return this;
    }

    /**
     * Sets the maximum number of slots of a session, which CREATE_SESSION grants in ca_maxrequests.
     */
    public Builder slotsPerSessionMax(int value) {
      slotsPerSessionMax = Limit.positive("slotsPerSessionMax", value);
      return this;
    }

    /**
     * Sets the maximum number of connections in the fore channel of a session. A further one
     * replaces the oldest.
     */
    public Builder connectionsPerSessionMax(int value) {
      connectionsPerSessionMax = Limit.positive("connectionsPerSessionMax", value);
      return this;
    }

    /**
     * Sets the maximum size of a request in bytes (ca_maxrequestsize). The default has room for a
     * WRITE of 1 MiB and its COMPOUND.
     */
    public Builder requestBytesMax(int value) {
      requestBytesMax = Limit.positive("requestBytesMax", value);
      return this;
    }

    /** Sets the maximum size of a reply in bytes (ca_maxresponsesize). */
    public Builder responseBytesMax(int value) {
      responseBytesMax = Limit.positive("responseBytesMax", value);
      return this;
    }

    /** Sets the maximum size of a cached reply in bytes (ca_maxresponsesize_cached). */
    public Builder cachedReplyBytesMax(int value) {
      cachedReplyBytesMax = Limit.notNegative("cachedReplyBytesMax", value);
      return this;
    }

    /**
     * Sets the maximum size of all cached replies in bytes. The less is left, the fewer slots a new
     * session gets; when nothing is left, CREATE_SESSION fails with NFS4ERR_DELAY.
     */
    public Builder cachedReplyBytesTotalMax(long value) {
      cachedReplyBytesTotalMax = Limit.notNegative("cachedReplyBytesTotalMax", value);
      return this;
    }

    /**
     * Sets the maximum size in bytes of all replies that clients have not received yet. Beyond it
     * the server closes the connection that has received nothing for the longest time.
     */
    public Builder replyBytesTotalMax(long value) {
      replyBytesTotalMax = Limit.notNegative("replyBytesTotalMax", value);
      return this;
    }

    /** Sets the maximum number of operations of a COMPOUND (ca_maxoperations). */
    public Builder operationsPerCompoundMax(int value) {
      operationsPerCompoundMax = Limit.positive("operationsPerCompoundMax", value);
      return this;
    }

    /** Sets the maximum size of a READ or WRITE in bytes (attributes maxread and maxwrite). */
    public Builder ioBytesMax(int value) {
      ioBytesMax = Limit.positive("ioBytesMax", value);
      return this;
    }

    /**
     * Sets the maximum number of opens, locks and delegations of a client. Beyond it OPEN fails
     * with NFS4ERR_NOSPC.
     */
    public Builder stateidsPerClientMax(int value) {
      stateidsPerClientMax = Limit.notNegative("stateidsPerClientMax", value);
      return this;
    }

    /**
     * Sets the maximum number of opens, locks and delegations of all clients. Near it, OPEN fails
     * with NFS4ERR_NOSPC for a client that holds more than a quarter of what is left.
     */
    public Builder stateidsTotalMax(int value) {
      stateidsTotalMax = Limit.notNegative("stateidsTotalMax", value);
      return this;
    }

    /** Sets the maximum number of callbacks to a client that wait for a connection or a slot. */
    public Builder callbacksPendingPerClientMax(int value) {
      callbacksPendingPerClientMax = Limit.notNegative("callbacksPendingPerClientMax", value);
      return this;
    }

    /** Sets the lease in seconds. */
    public Builder leaseSeconds(int value) {
      leaseSeconds = Limit.positive("leaseSeconds", value);
      return this;
    }

    /** Sets the number of threads that execute bulk operations. */
    public Builder bulkThreads(int value) {
      bulkThreads = Limit.positive("bulkThreads", value);
      return this;
    }

    /**
     * Sets the maximum number of bulk operations that wait for a thread. Beyond it an operation
     * fails with NFS4ERR_DELAY.
     */
    public Builder bulkQueueMax(int value) {
      bulkQueueMax = Limit.notNegative("bulkQueueMax", value);
      return this;
    }

    /** Sets the maximum number of connections. */
    public Builder connectionsMax(int value) {
      connectionsMax = Limit.notNegative("connectionsMax", value);
      return this;
    }

    /** Sets the shares that one client or one address may take of these limits. */
    public Builder shares(ClientShares value) {
      shares = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the limits of courtesy clients, whose lease has expired. */
    public Builder courtesy(CourtesyLimits value) {
      courtesy = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the limits of byte-range locks. */
    public Builder locks(LockLimits value) {
      locks = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the limits of copies. */
    public Builder copies(CopyLimits value) {
      copies = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the limits of delegations. */
    public Builder delegations(DelegationLimits value) {
      delegations = Objects.requireNonNull(value);
      return this;
    }

    /** Returns the limits. */
    public ServerLimits build() {
      return new ServerLimits(this);
    }
  }
}
