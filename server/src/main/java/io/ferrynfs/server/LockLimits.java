package io.ferrynfs.server;

import io.ferrynfs.rpc.limit.Limit;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Limits of byte-range locks. */
public final class LockLimits {
  private final int rangesPerClientMax;
  private final int rangesPerFileMax;
  private final int waitersPerClientMax;
  private final int waitersPerFileMax;
  private final Duration handover;
  private final Duration patience;

  private LockLimits(Builder from) {
    rangesPerClientMax = from.rangesPerClientMax;
    rangesPerFileMax = from.rangesPerFileMax;
    waitersPerClientMax = from.waitersPerClientMax;
    waitersPerFileMax = from.waitersPerFileMax;
    handover = from.handover;
    patience = from.patience;
  }

  /** Returns limits for a server with a few hundred clients. */
  public static LockLimits defaults() {
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

  /** Returns the maximum number of locked ranges of a client. */
  public int rangesPerClientMax() {
    return rangesPerClientMax;
  }

  /** Returns the maximum number of locked ranges of a file. */
  public int rangesPerFileMax() {
    return rangesPerFileMax;
  }

  /** Returns the maximum number of queued lock requests of a client. */
  public int waitersPerClientMax() {
    return waitersPerClientMax;
  }

  /** Returns the maximum number of queued lock requests of a file. */
  public int waitersPerFileMax() {
    return waitersPerFileMax;
  }

  /**
   * Returns the time for which a free range is reserved for the first waiter, after CB_NOTIFY_LOCK.
   */
  public Duration handover() {
    return handover;
  }

  /** Returns the time for which a waiter keeps its place without a retry of LOCK. */
  public Duration patience() {
    return patience;
  }

  private List<Object> values() {
    return List.of(
        rangesPerClientMax,
        rangesPerFileMax,
        waitersPerClientMax,
        waitersPerFileMax,
        handover,
        patience);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LockLimits that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "LockLimits" + values();
  }

  /**
   * A builder of LockLimits. Setters throw {@link IllegalArgumentException} for a value out of
   * range.
   */
  public static final class Builder {
    private int rangesPerClientMax = 100_000;
    private int rangesPerFileMax = 1_000_000;
    private int waitersPerClientMax = 1024;
    private int waitersPerFileMax = 1024;
    private Duration handover = Duration.ofSeconds(3);
    private Duration patience = Duration.ofSeconds(90);

    private Builder() {}

    private Builder(LockLimits from) {
      rangesPerClientMax = from.rangesPerClientMax;
      rangesPerFileMax = from.rangesPerFileMax;
      waitersPerClientMax = from.waitersPerClientMax;
      waitersPerFileMax = from.waitersPerFileMax;
      handover = from.handover;
      patience = from.patience;
    }

    /**
     * Sets the maximum number of locked ranges of a client. Beyond it LOCK fails with
     * NFS4ERR_DELAY, and so does a LOCKU that would split a range.
     */
    public Builder rangesPerClientMax(int value) {
      rangesPerClientMax = Limit.notNegative("rangesPerClientMax", value);
      return this;
    }

    /**
     * Sets the maximum number of locked ranges of a file. Beyond it LOCK and LOCKU fail with
     * NFS4ERR_DELAY.
     */
    public Builder rangesPerFileMax(int value) {
      rangesPerFileMax = Limit.notNegative("rangesPerFileMax", value);
      return this;
    }

    /**
     * Sets the maximum number of queued lock requests of a client. Beyond it a blocking LOCK has no
     * place in the queue and is polled.
     */
    public Builder waitersPerClientMax(int value) {
      waitersPerClientMax = Limit.notNegative("waitersPerClientMax", value);
      return this;
    }

    /**
     * Sets the maximum number of queued lock requests of a file. Beyond it a blocking LOCK has no
     * place in the queue and is polled.
     */
    public Builder waitersPerFileMax(int value) {
      waitersPerFileMax = Limit.notNegative("waitersPerFileMax", value);
      return this;
    }

    /**
     * Sets the time for which a free range is reserved for the first waiter, after CB_NOTIFY_LOCK.
     */
    public Builder handover(Duration value) {
      handover = Limit.notNegative("handover", value);
      return this;
    }

    /**
     * Sets the time for which a waiter keeps its place without a retry of LOCK. Linux retries every
     * 30 seconds when it expects CB_NOTIFY_LOCK.
     */
    public Builder patience(Duration value) {
      patience = Limit.notNegative("patience", value);
      return this;
    }

    /** Returns the limits. */
    public LockLimits build() {
      return new LockLimits(this);
    }
  }
}
