package io.ferrynfs.server.offload;

import java.util.concurrent.atomic.LongAdder;

/** Counts the bytes of all copies into files of this server, by the way they came there. */
public final class CopyBytes {
  private final LongAdder shared = new LongAdder();
  private final LongAdder moved = new LongAdder();
  private final LongAdder holes = new LongAdder();
  private final LongAdder fetched = new LongAdder();

  /**
   * The counts at one moment, in bytes.
   *
   * @param shared of files that share their blocks now: COPY or CLONE of a reflink
   * @param moved from one file of this server to another
   * @param holes that were made where the source has none of its own data
   * @param fetched from files of other servers
   */
  public record Sample(long shared, long moved, long holes, long fetched) {}

  /** The counts by now. */
  public Sample sample() {
    return new Sample(shared.sum(), moved.sum(), holes.sum(), fetched.sum());
  }

  /** Counts blocks that two files share now. */
  public void addShared(long bytes) {
    shared.add(bytes);
  }

  void addMoved(long bytes) {
    moved.add(bytes);
  }

  void addHoles(long bytes) {
    holes.add(bytes);
  }

  void addFetched(long bytes) {
    fetched.add(bytes);
  }
}
