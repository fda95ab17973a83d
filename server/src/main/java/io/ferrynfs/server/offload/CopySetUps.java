package io.ferrynfs.server.offload;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.HashMap;
import java.util.Map;

/**
 * The COPYs from other servers that are not copies yet: their source is being looked for. They are
 * bounded, for a client and for all, and go on in a pool of their own, so that none of them waits
 * for a disk that others write to, or runs on the thread of a source's connection.
 */
public final class CopySetUps implements AutoCloseable {
  private final SourceLimits limits;
  private final Pool pool;

  // Guarded by this.
  private final Map<Long, Integer> byClient = new HashMap<>();
  private int all;

  CopySetUps(Env env, SourceLimits limits) {
    this.limits = limits;
    this.pool = env.pool("nfs-copy-setup", limits.setUpThreads(), limits.setUpsMax());
  }

  /** Room of one COPY, until it is closed. */
  public final class SetUp implements AutoCloseable {
    private final long clientid;

    private SetUp(long clientid) {
      this.clientid = clientid;
    }

    /** Goes on with it on a thread that may open and close files, and closes it after that. */
    public void goOn(Runnable task) {
      Runnable last =
          () -> {
            try (this) {
              task.run();
            }
          };
      if (!pool.tryExecute(last)) {
        // There are no more of them than it takes, so the server ends.
        last.run();
      }
    }

    @Override
    public void close() {
      synchronized (CopySetUps.this) {
        all--;
        byClient.computeIfPresent(clientid, (_, count) -> count == 1 ? null : count - 1);
      }
    }
  }

  /**
   * A COPY begins to look for its source.
   *
   * @throws NfsStatusException NFS4ERR_DELAY at one of the limits
   */
  public synchronized SetUp begin(long clientid) throws NfsStatusException {
    if (all >= limits.setUpsMax()
        || byClient.getOrDefault(clientid, 0) >= limits.setUpsPerClientMax()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
    all++;
    byClient.merge(clientid, 1, Integer::sum);
    return new SetUp(clientid);
  }

  /** How many there are. */
  public synchronized int count() {
    return all;
  }

  @Override
  public void close() {
    pool.close();
  }
}
