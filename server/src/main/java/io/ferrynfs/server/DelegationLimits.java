package io.ferrynfs.server;

/**
 * Bounds of delegations. At each of them an OPEN just has no delegation (WND4_RESOURCE,
 * WND4_CONTENTION).
 *
 * @param delegationsMax delegations of the server, each of which keeps a file open
 * @param delegationsPerClientMax delegations of one client
 * @param contendedFilesMax files remembered for that a delegation was recalled
 * @param contendedSecondsMin how long at least there is no delegation after a recall, and half of
 *     the most
 */
public record DelegationLimits(
    int delegationsMax,
    int delegationsPerClientMax,
    int contendedFilesMax,
    int contendedSecondsMin) {

  /** No delegations at all. */
  public static final DelegationLimits NONE = new DelegationLimits(0, 0, 0, 1);

  /** Limits for a server of a few hundred clients in a heap of 256 MiB. */
  public static DelegationLimits defaults() {
    return new DelegationLimits(16_384, 2_048, 4_096, 30);
  }
}
