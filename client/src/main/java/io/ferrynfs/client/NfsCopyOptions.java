package io.ferrynfs.client;

import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * How to copy. Immutable: every method returns a new value.
 *
 * @param mode the permission bits of a destination that is created
 * @param replace whether an existing destination is replaced; else {@link
 *     NfsException.Reason#EXISTS}
 * @param requireOffload whether a copy the servers cannot do themselves fails with {@link
 *     NfsException.Reason#UNSUPPORTED} instead of passing through this client
 * @param requireClone whether the destination must share the source's blocks (CLONE); where that
 *     cannot be the copy fails with {@link NfsException.Reason#UNSUPPORTED} and copies nothing
 * @param forceStream whether the bytes pass through this client even if the server could copy
 * @param progress told the bytes copied so far, on the client's own thread: it must not block
 * @param progressEvery how often a server that copies in the background is asked how far it is;
 *     zero for after 3 s and then ever more seldom, in steps of 3 s while somebody looks at the
 *     progress
 * @param attributes to be set when the data is there, where that costs no call of its own; {@link
 *     CopyHandle#destination} tells whether they were
 */
public record NfsCopyOptions(
    int mode,
    boolean replace,
    boolean requireOffload,
    boolean requireClone,
    boolean forceStream,
    LongConsumer progress,
    Duration progressEvery,
    NfsAttributeChanges attributes) {

  /** The listener that is none, to be told from all others. */
  private enum Nobody implements LongConsumer {
    LISTENS;

    @Override
    public void accept(long bytes) {}
  }

  private static final NfsCopyOptions DEFAULTS =
      new NfsCopyOptions(
          0644,
          true,
          false,
          false,
          false,
          Nobody.LISTENS,
          Duration.ZERO,
          NfsAttributeChanges.none());

  /** Checks the interval, and that not the opposite is asked for too. */
  public NfsCopyOptions {
    if (requireClone && forceStream) {
      throw new IllegalArgumentException("what passes through the client is not cloned");
    }
    if (progressEvery.isNegative()) {
      throw new IllegalArgumentException("an interval is not negative: " + progressEvery);
    }
  }

  /** Replace what is there, by the best way that works, mode 0644. */
  public static NfsCopyOptions defaults() {
    return DEFAULTS;
  }

  public NfsCopyOptions withMode(int bits) {
    return new NfsCopyOptions(
        bits,
        replace,
        requireOffload,
        requireClone,
        forceStream,
        progress,
        progressEvery,
        attributes);
  }

  public NfsCopyOptions withReplace(boolean value) {
    return new NfsCopyOptions(
        mode,
        value,
        requireOffload,
        requireClone,
        forceStream,
        progress,
        progressEvery,
        attributes);
  }

  public NfsCopyOptions withRequireOffload(boolean value) {
    return new NfsCopyOptions(
        mode, replace, value, requireClone, forceStream, progress, progressEvery, attributes);
  }

  public NfsCopyOptions withRequireClone(boolean value) {
    return new NfsCopyOptions(
        mode, replace, requireOffload, value, forceStream, progress, progressEvery, attributes);
  }

  public NfsCopyOptions withForceStream(boolean value) {
    return new NfsCopyOptions(
        mode, replace, requireOffload, requireClone, value, progress, progressEvery, attributes);
  }

  public NfsCopyOptions withProgress(LongConsumer listener) {
    return new NfsCopyOptions(
        mode,
        replace,
        requireOffload,
        requireClone,
        forceStream,
        listener,
        progressEvery,
        attributes);
  }

  /**
   * Asks a server that copies in the background so often how far it is (OFFLOAD_STATUS), for a live
   * {@link CopyHandle#bytesSoFar()}. At most 20 times a second, at least twice in a lease period.
   */
  public NfsCopyOptions withProgressEvery(Duration interval) {
    return new NfsCopyOptions(
        mode, replace, requireOffload, requireClone, forceStream, progress, interval, attributes);
  }

  /**
   * Sets these with the data where that costs no call of its own: whoever needs them set looks at
   * {@link CopyHandle#destination}.
   */
  public NfsCopyOptions withAttributes(NfsAttributeChanges changes) {
    return new NfsCopyOptions(
        mode, replace, requireOffload, requireClone, forceStream, progress, progressEvery, changes);
  }

  /** Whether somebody is told the progress. */
  boolean isWatched() {
    return progress != Nobody.LISTENS;
  }
}
