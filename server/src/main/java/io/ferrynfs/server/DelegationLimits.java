package io.ferrynfs.server;

import io.ferrynfs.rpc.limit.Limit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits of delegations. Beyond a limit, OPEN grants no delegation (WND4_RESOURCE,
 * WND4_CONTENTION).
 */
public final class DelegationLimits {
  private final int delegationsMax;
  private final int delegationsPerClientMax;
  private final int contendedFilesMax;
  private final int contendedSecondsMin;

  private DelegationLimits(Builder from) {
    delegationsMax = from.delegationsMax;
    delegationsPerClientMax = from.delegationsPerClientMax;
    contendedFilesMax = from.contendedFilesMax;
    contendedSecondsMin = from.contendedSecondsMin;
  }

  /** Returns limits for a server with a few hundred clients in a heap of 256 MiB. */
  public static DelegationLimits defaults() {
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

  /** Returns limits without delegations. */
  public static DelegationLimits none() {
    return builder()
        .delegationsMax(0)
        .delegationsPerClientMax(0)
        .contendedFilesMax(0)
        .contendedSecondsMin(1)
        .build();
  }

  /** Returns the maximum number of delegations, each of which keeps a file open. */
  public int delegationsMax() {
    return delegationsMax;
  }

  /** Returns the maximum number of delegations of a client. */
  public int delegationsPerClientMax() {
    return delegationsPerClientMax;
  }

  /** Returns the maximum number of files whose recalled delegation is remembered. */
  public int contendedFilesMax() {
    return contendedFilesMax;
  }

  /** Returns the minimum time in seconds after a recall without a new delegation. */
  public int contendedSecondsMin() {
    return contendedSecondsMin;
  }

  private List<Object> values() {
    return List.of(delegationsMax, delegationsPerClientMax, contendedFilesMax, contendedSecondsMin);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DelegationLimits that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "DelegationLimits" + values();
  }

  /**
   * A builder of DelegationLimits. Setters throw {@link IllegalArgumentException} for a value out
   * of range.
   */
  public static final class Builder {
    private int delegationsMax = 16_384;
    private int delegationsPerClientMax = 2048;
    private int contendedFilesMax = 4096;
    private int contendedSecondsMin = 30;

    private Builder() {}

    private Builder(DelegationLimits from) {
      delegationsMax = from.delegationsMax;
      delegationsPerClientMax = from.delegationsPerClientMax;
      contendedFilesMax = from.contendedFilesMax;
      contendedSecondsMin = from.contendedSecondsMin;
    }

    /** Sets the maximum number of delegations, each of which keeps a file open. */
    public Builder delegationsMax(int value) {
      delegationsMax = Limit.notNegative("delegationsMax", value);
      return this;
    }

    /** Sets the maximum number of delegations of a client. */
    public Builder delegationsPerClientMax(int value) {
      delegationsPerClientMax = Limit.notNegative("delegationsPerClientMax", value);
      return this;
    }

    /** Sets the maximum number of files whose recalled delegation is remembered. */
    public Builder contendedFilesMax(int value) {
      contendedFilesMax = Limit.notNegative("contendedFilesMax", value);
      return this;
    }

    /**
     * Sets the minimum time in seconds after a recall without a new delegation. The maximum is
     * twice as long.
     */
    public Builder contendedSecondsMin(int value) {
      contendedSecondsMin = Limit.notNegative("contendedSecondsMin", value);
      return this;
    }

    /** Returns the limits. */
    public DelegationLimits build() {
      return new DelegationLimits(this);
    }
  }
}
