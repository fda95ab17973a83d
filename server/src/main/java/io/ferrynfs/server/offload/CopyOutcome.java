package io.ferrynfs.server.offload;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.storage.Status;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.WriteResponse4;

/**
 * The outcome of a copy, as CB_OFFLOAD, OFFLOAD_STATUS and the reply to a synchronous COPY report
 * it.
 *
 * @param status the status. It is NFS4_OK for a short copy: the client requests the rest, and the
 *     next COPY reports the error
 * @param bytes the number of bytes copied, from the start of the range
 * @param committed how durable the bytes are
 * @param verifier the write verifier of bytes that are not durable; the same as that of the COPY
 *     reply
 */
public record CopyOutcome(Nfsstat4 status, long bytes, StableHow4 committed, Verifier4 verifier) {

  /**
   * Returns the argument of CB_OFFLOAD (RFC 7862 section 16.1.1), which has no stateid (RFC 7862
   * section 16.1.3).
   */
  OffloadInfo4 info() {
    return status == Nfsstat4.NFS4_OK
        ? new OffloadInfo4.Ok(new WriteResponse4(null, bytes, committed, verifier))
        : new OffloadInfo4.Failed(status, bytes);
  }

  /**
   * Returns the status of a copy that ended with a failure of a volume. COPY itself reports errors
   * of the request, so few remain.
   */
  static Nfsstat4 status(Status failure) {
    return switch (failure) {
      case NO_SPACE -> Nfsstat4.NFS4ERR_NOSPC;
      case QUOTA -> Nfsstat4.NFS4ERR_DQUOT;
      case TOO_BIG -> Nfsstat4.NFS4ERR_FBIG;
      case STALE, BAD_HANDLE -> Nfsstat4.NFS4ERR_STALE;
      case CLOSED -> Nfsstat4.NFS4ERR_SERVERFAULT;
      default -> Nfsstat4.NFS4ERR_IO;
    };
  }

  /**
   * Returns whether a failure is reported instead of a short copy.
   *
   * <p>With the rules of the RFC this is so if the disk is full or the file has reached its maximum
   * size. A retry would fail again, and the failed result has the number of bytes, too. Linux
   * clients ignore that number. Their programs would see that nothing was copied, and the clients
   * would keep an outdated file size. With the rules for Linux, every failure after some bytes is a
   * short copy, and the next COPY reports the failure.
   */
  static boolean isReported(Nfsstat4 failure, CopyRules rules) {
    return rules == CopyRules.RFC7862
        && switch (failure) {
          case NFS4ERR_NOSPC, NFS4ERR_DQUOT, NFS4ERR_FBIG -> true;
          default -> false;
        };
  }
}
