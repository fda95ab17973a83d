package io.ferrynfs.rpc.env;

import io.ferrynfs.rpc.limit.Limit;
import java.time.Duration;

/** The limits of the records of one connection. */
public final class StreamLimits {

  /** Room for 1 MiB of data and its operations, and times that a healthy peer never needs. */
  public static final StreamLimits DEFAULT = new Builder().build();

  private final int recordBytesMax;
  private final int fragmentsPerRecordMax;
  private final Duration partialRecordTimeMax;
  private final Duration contendedRecordTimeMax;
  private final Duration sendStallTimeMax;

  private StreamLimits(Builder from) {
    recordBytesMax = from.recordBytesMax;
    fragmentsPerRecordMax = from.fragmentsPerRecordMax;
    partialRecordTimeMax = from.partialRecordTimeMax;
    contendedRecordTimeMax = from.contendedRecordTimeMax;
    sendStallTimeMax = from.sendStallTimeMax;
  }

  /** Returns a builder with these limits. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Returns the maximum length of a record in bytes. A longer one ends the connection as soon as
   * its length is announced.
   */
  public int recordBytesMax() {
    return recordBytesMax;
  }

  /**
   * Returns the maximum number of fragments of a record, empty ones included (RFC 5531 section 11
   * has no limit).
   */
  public int fragmentsPerRecordMax() {
    return fragmentsPerRecordMax;
  }

  /** Returns the maximum time from a record's first byte to its last. */
  public Duration partialRecordTimeMax() {
    return partialRecordTimeMax;
  }

  /** Returns the maximum time of a large record while other connections wait for its memory. */
  public Duration contendedRecordTimeMax() {
    return contendedRecordTimeMax;
  }

  /**
   * Returns the maximum time for which a peer may read nothing although bytes are ready to be sent.
   */
  public Duration sendStallTimeMax() {
    return sendStallTimeMax;
  }

  /** Collects limits. Setters throw {@link IllegalArgumentException} for a value out of range. */
  public static final class Builder {
    private int recordBytesMax = (1 << 20) + (64 << 10);
    private int fragmentsPerRecordMax = 1024;
    private Duration partialRecordTimeMax = Duration.ofSeconds(60);
    private Duration contendedRecordTimeMax = Duration.ofSeconds(10);
    private Duration sendStallTimeMax = Duration.ofSeconds(60);

    private Builder() {}

    private Builder(StreamLimits from) {
      recordBytesMax = from.recordBytesMax;
      fragmentsPerRecordMax = from.fragmentsPerRecordMax;
      partialRecordTimeMax = from.partialRecordTimeMax;
      contendedRecordTimeMax = from.contendedRecordTimeMax;
      sendStallTimeMax = from.sendStallTimeMax;
    }

    /**
     * Sets the maximum length of a record in bytes. A longer one ends the connection as soon as its
     * length is announced.
     */
    public Builder recordBytesMax(int value) {
      recordBytesMax = Limit.positive("recordBytesMax", value);
      return this;
    }

    /**
     * Sets the maximum number of fragments of a record, empty ones included (RFC 5531 section 11
     * has no limit).
     */
    public Builder fragmentsPerRecordMax(int value) {
      fragmentsPerRecordMax = Limit.positive("fragmentsPerRecordMax", value);
      return this;
    }

    /** Sets the maximum time from a record's first byte to its last. */
    public Builder partialRecordTimeMax(Duration value) {
      partialRecordTimeMax = Limit.positive("partialRecordTimeMax", value);
      return this;
    }

    /** Sets the maximum time of a large record while other connections wait for its memory. */
    public Builder contendedRecordTimeMax(Duration value) {
      contendedRecordTimeMax = Limit.positive("contendedRecordTimeMax", value);
      return this;
    }

    /**
     * Sets the maximum time for which a peer may read nothing although bytes are ready to be sent.
     */
    public Builder sendStallTimeMax(Duration value) {
      sendStallTimeMax = Limit.positive("sendStallTimeMax", value);
      return this;
    }

    /** Returns the limits. */
    public StreamLimits build() {
      return new StreamLimits(this);
    }
  }
}
