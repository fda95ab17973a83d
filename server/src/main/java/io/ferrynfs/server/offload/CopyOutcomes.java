package io.ferrynfs.server.offload;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.config.WriteVerifier;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * The outcomes of copies after their last piece: the number of bytes or an error, and whether the
 * bytes are durable (RFC 7862 sections 15.2.3 and 16.1.3).
 */
final class CopyOutcomes {
  private static final Logger LOG = System.getLogger(CopyOutcomes.class.getName());

  private final WriteVerifier writeVerifier;
  private final CopyRules rules;

  CopyOutcomes(WriteVerifier writeVerifier, CopyRules rules) {
    this.writeVerifier = writeVerifier;
    this.rules = rules;
  }

  /**
   * Returns the outcome of a copy without further pieces. Makes the bytes of an asynchronous copy
   * durable, which waits for the disk. Those of a synchronous copy are not durable because the
   * client sends COMMIT, as after WRITE.
   */
  CopyOutcome of(CopyJob job) {
    if (job.isAbandoned()) {
      return unstable(job, Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    return job.isSynchronous() ? ofReply(job) : makeDurable(job);
  }

  private static CopyOutcome ofReply(CopyJob job) {
    Nfsstat4 failure = job.failure();
    return unstable(job, job.copied() > 0 || failure == null ? Nfsstat4.NFS4_OK : failure);
  }

  /** Returns an outcome whose bytes a restart of the server may lose. */
  private static CopyOutcome unstable(CopyJob job, Nfsstat4 status) {
    return new CopyOutcome(status, job.copied(), StableHow4.UNSTABLE4, job.request().verifier());
  }

  private CopyOutcome makeDurable(CopyJob job) {
    long bytes = job.copied();
    Nfsstat4 failure = job.failure();
    if (failure != null
        && (bytes == 0 || job.isRevoked() || CopyOutcome.isReported(failure, rules))) {
      return unstable(job, failure);
    }
    return new CopyOutcome(
        Nfsstat4.NFS4_OK,
        bytes,
        sync(job) ? StableHow4.FILE_SYNC4 : StableHow4.UNSTABLE4,
        job.request().verifier());
  }

  /**
   * Makes the bytes durable. If that fails, they are reported as UNSTABLE4 with the verifier from
   * before the copy, and COMMIT will return another verifier. The same applies if a sync failed
   * during the copy, because the kernel reports the pages that it dropped only once (C-035).
   */
  private boolean sync(CopyJob job) {
    CopyRequest request = job.request();
    try {
      writeVerifier.sync(request.target().key(), request.to().file(), SyncScope.ALL);
      return writeVerifier.current().equals(request.verifier());
    } catch (StorageException e) {
      LOG.log(
          Level.WARNING, () -> "copy " + job.id() + " could not be made durable: " + e.status());
      return false;
    } catch (RuntimeException | Error fault) {
      // The WriteVerifier has counted this as a failed sync. The client must receive the outcome
      // all the same.
      LOG.log(Level.ERROR, () -> "copy " + job.id() + " failed unexpectedly", fault);
      return false;
    }
  }
}
