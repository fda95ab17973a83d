package io.ferrynfs.server;

import io.ferrynfs.rpc.limit.Limit;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Limits of the resources that copies from other servers use. */
public final class SourceLimits {
  private final int linksMax;
  private final int linksPerClientMax;
  private final int setUpsMax;
  private final int setUpsPerClientMax;
  private final int setUpThreads;
  private final Duration keep;
  private final Duration connectTimeMax;
  private final Duration setUpTimeMax;
  private final Duration answerTimeMax;
  private final int readsPerCopyMax;
  private final int buffersOfLinkMax;
  private final int buffersSharedMax;

  private SourceLimits(Builder from) {
    linksMax = from.linksMax;
    linksPerClientMax = from.linksPerClientMax;
    setUpsMax = from.setUpsMax;
    setUpsPerClientMax = from.setUpsPerClientMax;
    setUpThreads = from.setUpThreads;
    keep = from.keep;
    connectTimeMax = from.connectTimeMax;
    setUpTimeMax = from.setUpTimeMax;
    answerTimeMax = from.answerTimeMax;
    readsPerCopyMax = from.readsPerCopyMax;
    buffersOfLinkMax = from.buffersOfLinkMax;
    buffersSharedMax = from.buffersSharedMax;
  }

  /** Returns limits for a server in a heap of 256 MiB. */
  public static SourceLimits defaults() {
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

  /**
   * Returns the maximum number of sources that the server is a client of at the same time, idle
   * ones included.
   */
  public int linksMax() {
    return linksMax;
  }

  /** Returns the maximum number of sources that the copies of one client use at the same time. */
  public int linksPerClientMax() {
    return linksPerClientMax;
  }

  /** Returns the maximum number of COPYs that still look for their source. */
  public int setUpsMax() {
    return setUpsMax;
  }

  /** Returns the maximum number of COPYs of a client that still look for their source. */
  public int setUpsPerClientMax() {
    return setUpsPerClientMax;
  }

  /** Returns the number of threads that continue a COPY whose source was found. */
  public int setUpThreads() {
    return setUpThreads;
  }

  /**
   * Returns the time for which the server stays a client of a source after the last copy from it.
   */
  public Duration keep() {
    return keep;
  }

  /** Returns the maximum time from the first packet to an address until there is a session. */
  public Duration connectTimeMax() {
    return connectTimeMax;
  }

  /**
   * Returns the maximum time for all addresses of a COPY together, including the look-up of names
   * and of the file.
   */
  public Duration setUpTimeMax() {
    return setUpTimeMax;
  }

  /** Returns the maximum time that a source may take to answer before the copies from it end. */
  public Duration answerTimeMax() {
    return answerTimeMax;
  }

  /** Returns the maximum number of READs of one copy in flight. */
  public int readsPerCopyMax() {
    return readsPerCopyMax;
  }

  /**
   * Returns the maximum number of READs of 1 MiB from one source that are in flight or wait to be
   * written.
   */
  public int buffersOfLinkMax() {
    return buffersOfLinkMax;
  }

  /**
   * Returns the maximum number of READs of 1 MiB from all sources that are in flight or wait to be
   * written.
   */
  public int buffersSharedMax() {
    return buffersSharedMax;
  }

  private List<Object> values() {
    return List.of(
        linksMax,
        linksPerClientMax,
        setUpsMax,
        setUpsPerClientMax,
        setUpThreads,
        keep,
        connectTimeMax,
        setUpTimeMax,
        answerTimeMax,
        readsPerCopyMax,
        buffersOfLinkMax,
        buffersSharedMax);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SourceLimits that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "SourceLimits" + values();
  }

  /**
   * A builder of SourceLimits. Setters throw {@link IllegalArgumentException} for a value out of
   * range.
   */
  public static final class Builder {
    private int linksMax = 32;
    private int linksPerClientMax = 8;
    private int setUpsMax = 1024;
    private int setUpsPerClientMax = 128;
    private int setUpThreads = 8;
    private Duration keep = Duration.ofSeconds(90);
    private Duration connectTimeMax = Duration.ofSeconds(3);
    private Duration setUpTimeMax = Duration.ofSeconds(10);
    private Duration answerTimeMax = Duration.ofSeconds(20);
    private int readsPerCopyMax = 8;
    private int buffersOfLinkMax = 16;
    private int buffersSharedMax = 32;

    private Builder() {}

    private Builder(SourceLimits from) {
      linksMax = from.linksMax;
      linksPerClientMax = from.linksPerClientMax;
      setUpsMax = from.setUpsMax;
      setUpsPerClientMax = from.setUpsPerClientMax;
      setUpThreads = from.setUpThreads;
      keep = from.keep;
      connectTimeMax = from.connectTimeMax;
      setUpTimeMax = from.setUpTimeMax;
      answerTimeMax = from.answerTimeMax;
      readsPerCopyMax = from.readsPerCopyMax;
      buffersOfLinkMax = from.buffersOfLinkMax;
      buffersSharedMax = from.buffersSharedMax;
    }

    /**
     * Sets the maximum number of sources that the server is a client of at the same time, idle ones
     * included. Beyond it, and if none is idle, COPY fails with NFS4ERR_DELAY.
     */
    public Builder linksMax(int value) {
      linksMax = Limit.notNegative("linksMax", value);
      return this;
    }

    /**
     * Sets the maximum number of sources that the copies of one client use at the same time. Beyond
     * it COPY fails with NFS4ERR_DELAY, so a client that names dead sources does not block other
     * clients.
     */
    public Builder linksPerClientMax(int value) {
      linksPerClientMax = Limit.notNegative("linksPerClientMax", value);
      return this;
    }

    /**
     * Sets the maximum number of COPYs that still look for their source. Beyond it COPY fails with
     * NFS4ERR_DELAY.
     */
    public Builder setUpsMax(int value) {
      setUpsMax = Limit.notNegative("setUpsMax", value);
      return this;
    }

    /** Sets the maximum number of COPYs of a client that still look for their source. */
    public Builder setUpsPerClientMax(int value) {
      setUpsPerClientMax = Limit.notNegative("setUpsPerClientMax", value);
      return this;
    }

    /** Sets the number of threads that continue a COPY whose source was found. */
    public Builder setUpThreads(int value) {
      setUpThreads = Limit.positive("setUpThreads", value);
      return this;
    }

    /**
     * Sets the time for which the server stays a client of a source after the last copy from it.
     */
    public Builder keep(Duration value) {
      keep = Limit.notNegative("keep", value);
      return this;
    }

    /** Sets the maximum time from the first packet to an address until there is a session. */
    public Builder connectTimeMax(Duration value) {
      connectTimeMax = Limit.notNegative("connectTimeMax", value);
      return this;
    }

    /**
     * Sets the maximum time for all addresses of a COPY together, including the look-up of names
     * and of the file.
     */
    public Builder setUpTimeMax(Duration value) {
      setUpTimeMax = Limit.notNegative("setUpTimeMax", value);
      return this;
    }

    /** Sets the maximum time that a source may take to answer before the copies from it end. */
    public Builder answerTimeMax(Duration value) {
      answerTimeMax = Limit.notNegative("answerTimeMax", value);
      return this;
    }

    /** Sets the maximum number of READs of one copy in flight. */
    public Builder readsPerCopyMax(int value) {
      readsPerCopyMax = Limit.positive("readsPerCopyMax", value);
      return this;
    }

    /**
     * Sets the maximum number of READs of 1 MiB from one source that are in flight or wait to be
     * written.
     */
    public Builder buffersOfLinkMax(int value) {
      buffersOfLinkMax = Limit.positive("buffersOfLinkMax", value);
      return this;
    }

    /**
     * Sets the maximum number of READs of 1 MiB from all sources that are in flight or wait to be
     * written. One READ of each source does not count, so no source waits for another.
     */
    public Builder buffersSharedMax(int value) {
      buffersSharedMax = Limit.notNegative("buffersSharedMax", value);
      return this;
    }

    /** Returns the limits. */
    public SourceLimits build() {
      return new SourceLimits(this);
    }
  }
}
