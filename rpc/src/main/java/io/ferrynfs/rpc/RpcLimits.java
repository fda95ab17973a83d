package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.StreamLimits;
import io.ferrynfs.rpc.limit.Limit;
import java.time.Duration;
import java.util.Objects;

/** The limits of connections and of a listener. */
public final class RpcLimits {

  /** The limits of a server or client of ordinary size. */
  public static final RpcLimits DEFAULT = new Builder().build();

  private final StreamLimits stream;
  private final int connectionsMax;
  private final int connectionsPerAddressMax;
  private final Duration quietTimeMin;
  private final int callsOutgoingMax;
  private final int callsIncomingMax;
  private final int replyBytesQueuedMax;
  private final long replyBytesTotalMax;
  private final Duration callTimeMax;

  private RpcLimits(Builder from) {
    stream = from.stream;
    connectionsMax = from.connectionsMax;
    connectionsPerAddressMax = from.connectionsPerAddressMax;
    quietTimeMin = from.quietTimeMin;
    callsOutgoingMax = from.callsOutgoingMax;
    callsIncomingMax = from.callsIncomingMax;
    replyBytesQueuedMax = from.replyBytesQueuedMax;
    replyBytesTotalMax = from.replyBytesTotalMax;
    callTimeMax = from.callTimeMax;
  }

  /** Returns a builder with these limits. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Returns the limits of the records of each connection. */
  public StreamLimits stream() {
    return stream;
  }

  /**
   * Returns the maximum number of accepted connections. A further connection replaces the oldest
   * one without a call, else the one that has been quiet for the longest; if there is neither, the
   * further one is closed.
   */
  public int connectionsMax() {
    return connectionsMax;
  }

  /**
   * Returns the maximum number of accepted connections from one address. A further one replaces a
   * connection from the same address.
   */
  public int connectionsPerAddressMax() {
    return connectionsPerAddressMax;
  }

  /**
   * Returns the time for which a connection must have been quiet before another may replace it:
   * longer than the interval at which clients renew their leases.
   */
  public Duration quietTimeMin() {
    return quietTimeMin;
  }

  /** Returns the maximum number of outgoing calls without a reply, per connection. */
  public int callsOutgoingMax() {
    return callsOutgoingMax;
  }

  /**
   * Returns the maximum number of incoming calls whose replies have not been sent, per connection.
   * At the maximum, no more is read from the connection.
   */
  public int callsIncomingMax() {
    return callsIncomingMax;
  }

  /**
   * Returns the maximum length of replies that have not been sent, in bytes per connection. At the
   * maximum, no more is read from the connection.
   */
  public int replyBytesQueuedMax() {
    return replyBytesQueuedMax;
  }

  /**
   * Returns the maximum memory of replies that have not been sent, in bytes for all accepted
   * connections. Beyond it, the connection is closed whose peer has read nothing for the longest.
   */
  public long replyBytesTotalMax() {
    return replyBytesTotalMax;
  }

  /** Returns the time-out of calls that set none. */
  public Duration callTimeMax() {
    return callTimeMax;
  }

  /** Collects limits. Setters throw {@link IllegalArgumentException} for a value out of range. */
  public static final class Builder {
    private StreamLimits stream = StreamLimits.DEFAULT;
    private int connectionsMax = 4096;
    private int connectionsPerAddressMax = 4096;
    private Duration quietTimeMin = Duration.ofMinutes(3);
    private int callsOutgoingMax = 1024;
    private int callsIncomingMax = 1024;
    private int replyBytesQueuedMax = 16 << 20;
    private long replyBytesTotalMax = 64L << 20;
    private Duration callTimeMax = Duration.ofSeconds(60);

    private Builder() {}

    private Builder(RpcLimits from) {
      stream = from.stream;
      connectionsMax = from.connectionsMax;
      connectionsPerAddressMax = from.connectionsPerAddressMax;
      quietTimeMin = from.quietTimeMin;
      callsOutgoingMax = from.callsOutgoingMax;
      callsIncomingMax = from.callsIncomingMax;
      replyBytesQueuedMax = from.replyBytesQueuedMax;
      replyBytesTotalMax = from.replyBytesTotalMax;
      callTimeMax = from.callTimeMax;
    }

    /** Sets the limits of the records of each connection. */
    public Builder stream(StreamLimits value) {
      stream = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Sets the maximum number of accepted connections. A further connection replaces the oldest one
     * without a call, else the one that has been quiet for the longest; if there is neither, the
     * further one is closed.
     */
    public Builder connectionsMax(int value) {
      connectionsMax = Limit.notNegative("connectionsMax", value);
      return this;
    }

    /**
     * Sets the maximum number of accepted connections from one address. A further one replaces a
     * connection from the same address.
     */
    public Builder connectionsPerAddressMax(int value) {
      connectionsPerAddressMax = Limit.notNegative("connectionsPerAddressMax", value);
      return this;
    }

    /**
     * Sets the time for which a connection must have been quiet before another may replace it:
     * longer than the interval at which clients renew their leases.
     */
    public Builder quietTimeMin(Duration value) {
      quietTimeMin = Limit.positive("quietTimeMin", value);
      return this;
    }

    /** Sets the maximum number of outgoing calls without a reply, per connection. */
    public Builder callsOutgoingMax(int value) {
      callsOutgoingMax = Limit.positive("callsOutgoingMax", value);
      return this;
    }

    /**
     * Sets the maximum number of incoming calls whose replies have not been sent, per connection.
     * At the maximum, no more is read from the connection.
     */
    public Builder callsIncomingMax(int value) {
      callsIncomingMax = Limit.positive("callsIncomingMax", value);
      return this;
    }

    /**
     * Sets the maximum length of replies that have not been sent, in bytes per connection. At the
     * maximum, no more is read from the connection.
     */
    public Builder replyBytesQueuedMax(int value) {
      replyBytesQueuedMax = Limit.notNegative("replyBytesQueuedMax", value);
      return this;
    }

    /**
     * Sets the maximum memory of replies that have not been sent, in bytes for all accepted
     * connections. Beyond it, the connection is closed whose peer has read nothing for the longest.
     */
    public Builder replyBytesTotalMax(long value) {
      replyBytesTotalMax = Limit.notNegative("replyBytesTotalMax", value);
      return this;
    }

    /** Sets the time-out of calls that set none. */
    public Builder callTimeMax(Duration value) {
      callTimeMax = Limit.positive("callTimeMax", value);
      return this;
    }

    /** Returns the limits. */
    public RpcLimits build() {
      return new RpcLimits(this);
    }
  }
}
