package io.ferrynfs.server.offload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.HashMap;
import java.util.Map;

/**
 * The COPYs from other servers whose source has not been found yet. Their number is limited for
 * each client and in total. They continue on a separate pool. So none of them waits for a disk to
 * which others write, and none runs on the thread of a source's connection.
 */
public final class CopySetUps implements AutoCloseable {
  private final SourceLimits limits;
  private final Pool pool;

  @GuardedBy("this")
  private final Map<Long, Integer> byClient = new HashMap<>();

  @GuardedBy("this")
  private int all;

  CopySetUps(Env env, SourceLimits limits) {
    this.limits = limits;
    this.pool = env.pool("nfs-copy-setup", limits.setUpThreads(), limits.setUpsMax());
  }

  /** The room of one COPY, until it is closed. */
  public final class SetUp implements AutoCloseable {
    private final long clientid;

    private SetUp(long clientid) {
      this.clientid = clientid;
    }

    /** Runs a task on a thread that may open and close files, and then closes this room. */
    public void proceed(Runnable task) {
      Runnable last =
          () -> {
            try (this) {
              task.run();
            }
          };
      if (!pool.tryExecute(last)) {
        // The pool has room for all of them, so it rejects a task only when the server stops.
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
   * Reserves room for a COPY that begins to look for its source.
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

  /** Returns the number of COPYs that look for their source. */
  public synchronized int count() {
    return all;
  }

  @Override
  public void close() {
    pool.close();
  }
}
