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
 * What clients are told of copies that have written their last piece: how many bytes, or which
 * error, and whether the bytes are on the disk (RFC 7862 sections 15.2.3 and 16.1.3).
 */
final class CopyOutcomes {
  private static final Logger LOG = System.getLogger(CopyOutcomes.class.getName());

  private final WriteVerifier writeVerifier;
  private final CopyRules rules;

  CopyOutcomes(WriteVerifier writeVerifier, CopyRules rules) {
    this.writeVerifier = writeVerifier;
    this.rules = rules;
  }

  /** In the reply, with nothing made durable: the client sends COMMIT, as after WRITE. */
  static CopyOutcome ofReply(CopyJob job) {
    Nfsstat4 failure = job.failure();
    return unstable(job, job.copied() > 0 || failure == null ? Nfsstat4.NFS4_OK : failure);
  }

  /** The bytes so far, which a restart of the server may take away. */
  static CopyOutcome unstable(CopyJob job, Nfsstat4 status) {
    return new CopyOutcome(status, job.copied(), StableHow4.UNSTABLE4, job.request().verifier());
  }

  /** In CB_OFFLOAD, where what was copied has been made durable. Waits for the disk. */
  CopyOutcome madeDurable(CopyJob job) {
    long bytes = job.copied();
    Nfsstat4 failure = job.failure();
    if (failure != null && (bytes == 0 || job.isRevoked() || CopyOutcome.isTold(failure, rules))) {
      return unstable(job, failure);
    }
    return new CopyOutcome(
        Nfsstat4.NFS4_OK,
        bytes,
        isDurable(job) ? StableHow4.FILE_SYNC4 : StableHow4.UNSTABLE4,
        job.request().verifier());
  }

  /**
   * Makes what was copied durable. When that fails the bytes are told as UNSTABLE4 under the
   * verifier from before the copy, and COMMIT will answer another one. So it is when a sync failed
   * while the copy ran: the kernel tells of the pages that it dropped only once (copy-conformance
   * C-035).
   */
  private boolean isDurable(CopyJob job) {
    CopyRequest request = job.request();
    try {
      writeVerifier.sync(request.target().key(), request.to().file(), SyncScope.ALL);
      return writeVerifier.current().equals(request.verifier());
    } catch (StorageException e) {
      LOG.log(
          Level.WARNING, () -> "copy " + job.id() + " could not be made durable: " + e.status());
      return false;
    } catch (RuntimeException | Error fault) {
      // WriteVerifier has taken it for a failed sync. The client is to hear of the end all the
      // same.
      LOG.log(Level.ERROR, () -> "copy " + job.id() + " failed unexpectedly", fault);
      return false;
    }
  }
}
