package io.ferrynfs.server;

import java.time.Duration;

/**
 * Bounds of byte-range locks.
 *
 * @param rangesPerClientMax ranges that one client has locked; LOCK answers NFS4ERR_DELAY beyond,
 *     and so does a LOCKU that would split one
 * @param rangesPerFileMax ranges that are locked of one file, the same
 * @param waitersPerClientMax locks that one client waits for in a line; beyond, it polls without a
 *     place in it
 * @param waitersPerFileMax the same of one file
 * @param handover how long a range is kept for the first who waits, after its client was told
 * @param patience how long one who waits keeps its place without asking again; Linux asks every 30
 *     seconds when it expects to be told
 */
public record LockLimits(
    int rangesPerClientMax,
    int rangesPerFileMax,
    int waitersPerClientMax,
    int waitersPerFileMax,
    Duration handover,
    Duration patience) {

  /** Limits for a server of a few hundred clients. */
  public static LockLimits defaults() {
    return new LockLimits(
        100_000, 1_000_000, 1024, 1024, Duration.ofSeconds(3), Duration.ofSeconds(90));
  }
}
