package io.ferrynfs.server;

import io.ferrynfs.rpc.limit.Limit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits of courtesy clients. A client whose lease has expired keeps its state until another client
 * needs it or one of these limits is reached (RFC 8881 section 8.3).
 */
public final class CourtesyLimits {
  private static final int DAY_SECONDS = 24 * 60 * 60;

  private final int seconds;
  private final int clientsMax;
  private final int stateidsPerClientMax;
  private final int stateidsMax;

  private CourtesyLimits(Builder from) {
    seconds = from.seconds;
    clientsMax = from.clientsMax;
    stateidsPerClientMax = from.stateidsPerClientMax;
    stateidsMax = from.stateidsMax;
  }

  /** Returns limits that keep a client for a day, as Linux does. */
  public static CourtesyLimits defaults() {
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

  /** Returns limits without courtesy: a client loses its state when its lease expires. */
  public static CourtesyLimits none() {
    return builder().seconds(0).clientsMax(0).stateidsPerClientMax(0).stateidsMax(0).build();
  }

  /** Returns the time in seconds after the end of the lease; 0 for no courtesy. */
  public int seconds() {
    return seconds;
  }

  /** Returns the maximum number of courtesy clients. */
  public int clientsMax() {
    return clientsMax;
  }

  /** Returns the maximum number of opens, locks and delegations of a courtesy client. */
  public int stateidsPerClientMax() {
    return stateidsPerClientMax;
  }

  /** Returns the maximum number of opens, locks and delegations of all courtesy clients. */
  public int stateidsMax() {
    return stateidsMax;
  }

  private List<Object> values() {
    return List.of(seconds, clientsMax, stateidsPerClientMax, stateidsMax);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CourtesyLimits that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "CourtesyLimits" + values();
  }

  /**
   * A builder of CourtesyLimits. Setters throw {@link IllegalArgumentException} for a value out of
   * range.
   */
  public static final class Builder {
    private int seconds = DAY_SECONDS;
    private int clientsMax = 1024;
    private int stateidsPerClientMax = 4096;
    private int stateidsMax = 65_536;

    private Builder() {}

    private Builder(CourtesyLimits from) {
      seconds = from.seconds;
      clientsMax = from.clientsMax;
      stateidsPerClientMax = from.stateidsPerClientMax;
      stateidsMax = from.stateidsMax;
    }

    /** Sets the time in seconds after the end of the lease; 0 for no courtesy. */
    public Builder seconds(int value) {
      seconds = Limit.notNegative("seconds", value);
      return this;
    }

    /**
     * Sets the maximum number of courtesy clients. Beyond it the clients that have been silent the
     * longest expire.
     */
    public Builder clientsMax(int value) {
      clientsMax = Limit.notNegative("clientsMax", value);
      return this;
    }

    /**
     * Sets the maximum number of opens, locks and delegations of a courtesy client. A client with
     * more expires with its lease, because a dead one would cost too much.
     */
    public Builder stateidsPerClientMax(int value) {
      stateidsPerClientMax = Limit.notNegative("stateidsPerClientMax", value);
      return this;
    }

    /**
     * Sets the maximum number of opens, locks and delegations of all courtesy clients. Beyond it
     * the clients that have been silent the longest expire.
     */
    public Builder stateidsMax(int value) {
      stateidsMax = Limit.notNegative("stateidsMax", value);
      return this;
    }

    /** Returns the limits. */
    public CourtesyLimits build() {
      return new CourtesyLimits(this);
    }
  }
}
