package io.ferrynfs.client;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Options of an OPEN (RFC 8881 section 18.16). Immutable. */
public final class NfsOpenOptions {

  /** Whether OPEN creates a file (openflag4 and createmode4, RFC 8881 section 18.16). */
  public enum Create {
    /** Opens only a file that exists. */
    NEVER,
    /** Creates the file if it does not exist (UNCHECKED4). */
    IF_MISSING,
    /**
     * Creates a new file (EXCLUSIVE4_1); fails with {@link NfsException.Reason#EXISTS} if the name
     * exists. A retry after a lost reply does not fail because of the file that it created.
     */
    NEW
  }

  private final boolean read;
  private final boolean write;
  private final Create create;
  private final boolean truncate;
  private final int mode;

  private NfsOpenOptions(Builder builder) {
    this.read = builder.read;
    this.write = builder.write;
    this.create = builder.create;
    this.truncate = builder.truncate;
    this.mode = builder.mode;
  }

  /** Returns a builder for a file that is neither read, written, created nor truncated. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns options to open an existing file for reading. */
  public static NfsOpenOptions forReading() {
    return builder().read(true).build();
  }

  /** Returns options to open an existing file for writing, keeping its data. */
  public static NfsOpenOptions forWriting() {
    return builder().write(true).build();
  }

  /** Returns options to open an existing file for reading and writing, keeping its data. */
  public static NfsOpenOptions forReadingAndWriting() {
    return builder().read(true).write(true).build();
  }

  /**
   * Returns options to open a file for writing, and to create a missing or truncate an existing
   * one.
   *
   * @param mode the permission bits of a file that is created, at most 07777
   */
  public static NfsOpenOptions forReplacing(int mode) {
    return builder().write(true).create(Create.IF_MISSING).truncate(true).mode(mode).build();
  }

  /**
   * Returns options to create a new file and open it for writing; {@link
   * NfsException.Reason#EXISTS} if the name exists.
   *
   * @param mode the permission bits of the file, at most 07777
   */
  public static NfsOpenOptions forNew(int mode) {
    return builder().write(true).create(Create.NEW).mode(mode).build();
  }

  /** Returns whether the file is opened for reading. */
  public boolean read() {
    return read;
  }

  /** Returns whether the file is opened for writing. */
  public boolean write() {
    return write;
  }

  /** Returns whether a missing file is created. */
  public Create create() {
    return create;
  }

  /** Returns whether an existing file is truncated to length 0. */
  public boolean truncate() {
    return truncate;
  }

  /** Returns the permission bits of a file that is created. */
  public int mode() {
    return mode;
  }

  /** Returns a builder with the values of these options. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NfsOpenOptions that
        && read == that.read
        && write == that.write
        && create.equals(that.create)
        && truncate == that.truncate
        && mode == that.mode;
  }

  @Override
  public int hashCode() {
    return Objects.hash(read, write, create, truncate, mode);
  }

  @Override
  public String toString() {
    return "NfsOpenOptions[read="
        + read
        + ", write="
        + write
        + ", create="
        + create
        + ", truncate="
        + truncate
        + ", mode="
        + mode
        + "]";
  }

  /** Builds options of an OPEN. For one thread. */
  public static final class Builder {
    private boolean read;
    private boolean write;
    private Create create = Create.NEVER;
    private boolean truncate;
    private int mode;

    private Builder() {}

    private Builder(NfsOpenOptions from) {
      this.read = from.read;
      this.write = from.write;
      this.create = from.create;
      this.truncate = from.truncate;
      this.mode = from.mode;
    }

    /** Sets whether the file is opened for reading. Default false. */
    public Builder read(boolean value) {
      this.read = value;
      return this;
    }

    /** Sets whether the file is opened for writing. Default false. */
    public Builder write(boolean value) {
      this.write = value;
      return this;
    }

    /** Sets whether a missing file is created. Default {@link Create#NEVER}. */
    public Builder create(Create value) {
      this.create = Objects.requireNonNull(value);
      return this;
    }

    /** Sets whether an existing file is truncated to length 0. Default false. */
    public Builder truncate(boolean value) {
      this.truncate = value;
      return this;
    }

    /** Sets the permission bits of a file that is created, at most 07777. Default 0. */
    public Builder mode(int value) {
      this.mode = value;
      return this;
    }

    /** Returns the options. */
    public NfsOpenOptions build() {
      return new NfsOpenOptions(this);
    }
  }
}
