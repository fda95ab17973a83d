package io.ferrynfs.client;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Options of a copy. Immutable. {@link #defaults} replaces an existing destination, uses the best
 * way that works, and creates files with mode 0644.
 */
public final class NfsCopyOptions {

  /** The default listener. */
  private enum NoListener implements LongConsumer {
    INSTANCE;

    @Override
    public void accept(long bytes) {}
  }

  private static final NfsCopyOptions DEFAULTS = builder().build();

  private final int mode;
  private final boolean replace;
  private final boolean requireOffload;
  private final boolean requireClone;
  private final boolean forceStream;
  private final LongConsumer progress;
  private final Duration progressEvery;
  private final NfsAttributeChanges attributes;

  private NfsCopyOptions(Builder builder) {
    this.mode = builder.mode;
    this.replace = builder.replace;
    this.requireOffload = builder.requireOffload;
    this.requireClone = builder.requireClone;
    this.forceStream = builder.forceStream;
    this.progress = builder.progress;
    this.progressEvery = builder.progressEvery;
    this.attributes = builder.attributes;
    if (requireClone && forceStream) {
      throw new IllegalArgumentException("requireClone and forceStream exclude each other");
    }
    if (progressEvery.isNegative()) {
      throw new IllegalArgumentException("the interval is negative: " + progressEvery);
    }
  }

  /** Returns the default options. */
  public static NfsCopyOptions defaults() {
    return DEFAULTS;
  }

  /** Returns a builder with the default options. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns whether there is a listener for the progress. */
  boolean isWatched() {
    return progress != NoListener.INSTANCE;
  }

  /** Returns the permission bits of a destination that the copy creates, at most 07777. */
  public int mode() {
    return mode;
  }

  /**
   * Returns whether an existing destination is replaced; otherwise the copy fails with {@link
   * NfsException.Reason#EXISTS}.
   */
  public boolean replace() {
    return replace;
  }

  /**
   * Returns whether the copy fails with {@link NfsException.Reason#UNSUPPORTED} instead of sending
   * the data through this client.
   */
  public boolean requireOffload() {
    return requireOffload;
  }

  /**
   * Returns whether the destination must share the blocks of the source (CLONE, RFC 7862 section
   * 15.13); otherwise the copy fails with {@link NfsException.Reason#UNSUPPORTED} and copies
   * nothing.
   */
  public boolean requireClone() {
    return requireClone;
  }

  /** Returns whether the data passes through this client even if the servers could copy it. */
  public boolean forceStream() {
    return forceStream;
  }

  /** Returns the listener to the number of bytes copied so far. */
  public LongConsumer progress() {
    return progress;
  }

  /**
   * Returns how often the client asks a server that copies asynchronously for its progress; zero
   * for the default.
   */
  public Duration progressEvery() {
    return progressEvery;
  }

  /** Returns the attributes to set if that needs no additional request. */
  public NfsAttributeChanges attributes() {
    return attributes;
  }

  /** Returns a builder with the values of these options. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NfsCopyOptions that
        && mode == that.mode
        && replace == that.replace
        && requireOffload == that.requireOffload
        && requireClone == that.requireClone
        && forceStream == that.forceStream
        && progress.equals(that.progress)
        && progressEvery.equals(that.progressEvery)
        && attributes.equals(that.attributes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        mode,
        replace,
        requireOffload,
        requireClone,
        forceStream,
        progress,
        progressEvery,
        attributes);
  }

  @Override
  public String toString() {
    return "NfsCopyOptions[mode="
        + mode
        + ", replace="
        + replace
        + ", requireOffload="
        + requireOffload
        + ", requireClone="
        + requireClone
        + ", forceStream="
        + forceStream
        + ", progress="
        + progress
        + ", progressEvery="
        + progressEvery
        + ", attributes="
        + attributes
        + "]";
  }

  /** Builds options of a copy. For one thread. */
  public static final class Builder {
    private int mode = 0644;
    private boolean replace = true;
    private boolean requireOffload;
    private boolean requireClone;
    private boolean forceStream;
    private LongConsumer progress = NoListener.INSTANCE;
    private Duration progressEvery = Duration.ZERO;
    private NfsAttributeChanges attributes = NfsAttributeChanges.none();

    private Builder() {}

    private Builder(NfsCopyOptions from) {
      this.mode = from.mode;
      this.replace = from.replace;
      this.requireOffload = from.requireOffload;
      this.requireClone = from.requireClone;
      this.forceStream = from.forceStream;
      this.progress = from.progress;
      this.progressEvery = from.progressEvery;
      this.attributes = from.attributes;
    }

    /**
     * Sets the permission bits of a destination that the copy creates, at most 07777; default 0644.
     */
    public Builder mode(int value) {
      this.mode = value;
      return this;
    }

    /**
     * Sets whether an existing destination is replaced; otherwise the copy fails with {@link
     * NfsException.Reason#EXISTS}. Default true.
     */
    public Builder replace(boolean value) {
      this.replace = value;
      return this;
    }

    /**
     * Sets whether the copy fails with {@link NfsException.Reason#UNSUPPORTED} instead of sending
     * the data through this client. Default false.
     */
    public Builder requireOffload(boolean value) {
      this.requireOffload = value;
      return this;
    }

    /**
     * Sets whether the destination must share the blocks of the source (CLONE, RFC 7862 section
     * 15.13); otherwise the copy fails with {@link NfsException.Reason#UNSUPPORTED} and copies
     * nothing. Default false.
     */
    public Builder requireClone(boolean value) {
      this.requireClone = value;
      return this;
    }

    /**
     * Sets whether the data passes through this client even if the servers could copy it. Default
     * false.
     */
    public Builder forceStream(boolean value) {
      this.forceStream = value;
      return this;
    }

    /**
     * Sets the listener to the number of bytes copied so far, which never decreases. It runs on a
     * thread of the client and must not block. Default: none.
     */
    public Builder progress(LongConsumer value) {
      this.progress = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Sets how often the client asks a server that copies asynchronously for its progress
     * (OFFLOAD_STATUS, RFC 7862 section 15.9), which {@link CopyHandle#bytesSoFar} returns. The
     * client asks at most 20 times a second and at least twice in a lease period. Zero, the
     * default, asks after 3 s and then in growing intervals, or every 3 s while {@link #progress}
     * or {@link CopyHandle#bytesSoFar} is used.
     */
    public Builder progressEvery(Duration value) {
      this.progressEvery = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Sets the attributes to set if that needs no additional request; {@link
     * CopyHandle#destination} says whether the copy set them. Default: none.
     */
    public Builder attributes(NfsAttributeChanges value) {
      this.attributes = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Returns the options.
     *
     * @throws IllegalArgumentException if {@link #requireClone} and {@link #forceStream} are both
     *     set, or the interval is negative
     */
    public NfsCopyOptions build() {
      return new NfsCopyOptions(this);
    }
  }
}
