package io.ferrynfs.server.offload;

import io.ferrynfs.server.ServerStatistics;
import java.util.concurrent.atomic.LongAdder;

/** The number of bytes of all copies into files of this server, by the kind of copy. */
public final class CopyBytes {
  private final LongAdder shared = new LongAdder();
  private final LongAdder moved = new LongAdder();
  private final LongAdder holes = new LongAdder();
  private final LongAdder fetched = new LongAdder();

  /** Returns the current counts. */
  public ServerStatistics.CopiedBytes sample() {
    return new ServerStatistics.CopiedBytes(shared.sum(), moved.sum(), holes.sum(), fetched.sum());
  }

  /** Counts blocks that two files now share. */
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
