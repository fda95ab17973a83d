package io.ferrynfs.server;

import io.ferrynfs.rpc.limit.Limit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Limits of the copies that a server makes for its clients. */
public final class CopyLimits {
  private static final int MIB = 1 << 20;

  private final int jobsMax;
  private final int jobsPerClientMax;
  private final int resultsPerClientMax;
  private final int stepsMax;
  private final int stepsPerVolumeMax;
  private final int syncsMax;
  private final long answeredAtOnceBytesMax;
  private final long chunkBytesMin;
  private final long bytesPerSecondMax;
  private final int synchronousMax;
  private final int synchronousPerClientMax;
  private final int notifiesMax;
  private final int notifiesPerClientMax;
  private final SourceLimits sources;

  private CopyLimits(Builder from) {
    jobsMax = from.jobsMax;
    jobsPerClientMax = from.jobsPerClientMax;
    resultsPerClientMax = from.resultsPerClientMax;
    stepsMax = from.stepsMax;
    stepsPerVolumeMax = from.stepsPerVolumeMax;
    syncsMax = from.syncsMax;
    answeredAtOnceBytesMax = from.answeredAtOnceBytesMax;
    chunkBytesMin = from.chunkBytesMin;
    bytesPerSecondMax = from.bytesPerSecondMax;
    synchronousMax = from.synchronousMax;
    synchronousPerClientMax = from.synchronousPerClientMax;
    notifiesMax = from.notifiesMax;
    notifiesPerClientMax = from.notifiesPerClientMax;
    sources = from.sources;
  }

  /** Returns limits for a server with a few hundred clients on a machine with few disks. */
  public static CopyLimits defaults() {
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

  /** Returns the maximum number of asynchronous copies that wait or run. */
  public int jobsMax() {
    return jobsMax;
  }

  /** Returns the maximum number of asynchronous copies of a client that wait or run. */
  public int jobsPerClientMax() {
    return jobsPerClientMax;
  }

  /**
   * Returns the maximum number of ended copies of a client whose CB_OFFLOAD it has not answered.
   */
  public int resultsPerClientMax() {
    return resultsPerClientMax;
  }

  /** Returns the maximum number of pieces that are copied at the same time. */
  public int stepsMax() {
    return stepsMax;
  }

  /** Returns the maximum number of pieces that are copied at the same time into one volume. */
  public int stepsPerVolumeMax() {
    return stepsPerVolumeMax;
  }

  /** Returns the maximum number of ended copies whose files are made durable at the same time. */
  public int syncsMax() {
    return syncsMax;
  }

  /**
   * Returns the size in bytes up to which a copy is answered synchronously, which saves a callback.
   */
  public long answeredAtOnceBytesMax() {
    return answeredAtOnceBytesMax;
  }

  /** Returns the size in bytes of the first piece of a copy. */
  public long chunkBytesMin() {
    return chunkBytesMin;
  }

  /** Returns the maximum rate of all copies together, in bytes per second; 0 for none. */
  public long bytesPerSecondMax() {
    return bytesPerSecondMax;
  }

  /** Returns the maximum number of synchronous copies that wait or run. */
  public int synchronousMax() {
    return synchronousMax;
  }

  /** Returns the maximum number of synchronous copies of a client that wait or run. */
  public int synchronousPerClientMax() {
    return synchronousPerClientMax;
  }

  /**
   * Returns the maximum number of copy-notify stateids, by which other servers read for clients.
   */
  public int notifiesMax() {
    return notifiesMax;
  }

  /** Returns the maximum number of copy-notify stateids of a client. */
  public int notifiesPerClientMax() {
    return notifiesPerClientMax;
  }

  /** Returns the limits of copies from other servers. */
  public SourceLimits sources() {
    return sources;
  }

  private List<Object> values() {
    return List.of(
        jobsMax,
        jobsPerClientMax,
        resultsPerClientMax,
        stepsMax,
        stepsPerVolumeMax,
        syncsMax,
        answeredAtOnceBytesMax,
        chunkBytesMin,
        bytesPerSecondMax,
        synchronousMax,
        synchronousPerClientMax,
        notifiesMax,
        notifiesPerClientMax,
        sources);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CopyLimits that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "CopyLimits" + values();
  }

  /**
   * A builder of CopyLimits. Setters throw {@link IllegalArgumentException} for a value out of
   * range.
   */
  public static final class Builder {
    private int jobsMax = 1024;
    private int jobsPerClientMax = 64;
    private int resultsPerClientMax = 128;
    private int stepsMax = 4;
    private int stepsPerVolumeMax = 2;
    private int syncsMax = 16;
    private long answeredAtOnceBytesMax = MIB;
    private long chunkBytesMin = 4 * MIB;
    private long bytesPerSecondMax = 0;
    private int synchronousMax = 4096;
    private int synchronousPerClientMax = 32;
    private int notifiesMax = 16_384;
    private int notifiesPerClientMax = 1024;
    private SourceLimits sources = SourceLimits.defaults();

    private Builder() {}

    private Builder(CopyLimits from) {
      jobsMax = from.jobsMax;
      jobsPerClientMax = from.jobsPerClientMax;
      resultsPerClientMax = from.resultsPerClientMax;
      stepsMax = from.stepsMax;
      stepsPerVolumeMax = from.stepsPerVolumeMax;
      syncsMax = from.syncsMax;
      answeredAtOnceBytesMax = from.answeredAtOnceBytesMax;
      chunkBytesMin = from.chunkBytesMin;
      bytesPerSecondMax = from.bytesPerSecondMax;
      synchronousMax = from.synchronousMax;
      synchronousPerClientMax = from.synchronousPerClientMax;
      notifiesMax = from.notifiesMax;
      notifiesPerClientMax = from.notifiesPerClientMax;
      sources = from.sources;
    }

    /**
     * Sets the maximum number of asynchronous copies that wait or run. Beyond it COPY is answered
     * synchronously, or fails with NFS4ERR_OFFLOAD_NO_REQS under the rules of RFC 7862.
     */
    public Builder jobsMax(int value) {
      jobsMax = Limit.notNegative("jobsMax", value);
      return this;
    }

    /** Sets the maximum number of asynchronous copies of a client that wait or run. */
    public Builder jobsPerClientMax(int value) {
      jobsPerClientMax = Limit.notNegative("jobsPerClientMax", value);
      return this;
    }

    /**
     * Sets the maximum number of ended copies of a client whose CB_OFFLOAD it has not answered.
     * Beyond it the copies of the client are synchronous.
     */
    public Builder resultsPerClientMax(int value) {
      resultsPerClientMax = Limit.notNegative("resultsPerClientMax", value);
      return this;
    }

    /** Sets the maximum number of pieces that are copied at the same time. */
    public Builder stepsMax(int value) {
      stepsMax = Limit.positive("stepsMax", value);
      return this;
    }

    /** Sets the maximum number of pieces that are copied at the same time into one volume. */
    public Builder stepsPerVolumeMax(int value) {
      stepsPerVolumeMax = Limit.positive("stepsPerVolumeMax", value);
      return this;
    }

    /** Sets the maximum number of ended copies whose files are made durable at the same time. */
    public Builder syncsMax(int value) {
      syncsMax = Limit.positive("syncsMax", value);
      return this;
    }

    /**
     * Sets the size in bytes up to which a copy is answered synchronously, which saves a callback.
     */
    public Builder answeredAtOnceBytesMax(long value) {
      answeredAtOnceBytesMax = Limit.notNegative("answeredAtOnceBytesMax", value);
      return this;
    }

    /**
     * Sets the size in bytes of the first piece of a copy. Later pieces are sized to take a
     * fraction of a second.
     */
    public Builder chunkBytesMin(long value) {
      chunkBytesMin = Limit.positive("chunkBytesMin", value);
      return this;
    }

    /**
     * Sets the maximum rate of all copies together, in bytes per second; 0 for none. Bytes that are
     * shared instead of copied do not count.
     */
    public Builder bytesPerSecondMax(long value) {
      bytesPerSecondMax = Limit.notNegative("bytesPerSecondMax", value);
      return this;
    }

    /**
     * Sets the maximum number of synchronous copies that wait or run. Beyond it COPY fails with
     * NFS4ERR_DELAY. None of them keeps a thread while it waits.
     */
    public Builder synchronousMax(int value) {
      synchronousMax = Limit.notNegative("synchronousMax", value);
      return this;
    }

    /** Sets the maximum number of synchronous copies of a client that wait or run. */
    public Builder synchronousPerClientMax(int value) {
      synchronousPerClientMax = Limit.notNegative("synchronousPerClientMax", value);
      return this;
    }

    /**
     * Sets the maximum number of copy-notify stateids, by which other servers read for clients.
     * Beyond it COPY_NOTIFY fails with NFS4ERR_DELAY.
     */
    public Builder notifiesMax(int value) {
      notifiesMax = Limit.notNegative("notifiesMax", value);
      return this;
    }

    /** Sets the maximum number of copy-notify stateids of a client. */
    public Builder notifiesPerClientMax(int value) {
      notifiesPerClientMax = Limit.notNegative("notifiesPerClientMax", value);
      return this;
    }

    /** Sets the limits of copies from other servers. */
    public Builder sources(SourceLimits value) {
      sources = Objects.requireNonNull(value);
      return this;
    }

    /** Returns the limits. */
    public CopyLimits build() {
      return new CopyLimits(this);
    }
  }
}
