package io.ferrynfs.server.offload;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.storage.Status;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.WriteResponse4;

/**
 * How a copy ended, as CB_OFFLOAD, OFFLOAD_STATUS and the reply to a synchronous one tell it.
 *
 * @param status NFS4_OK also when fewer bytes were copied than asked for: the client asks for the
 *     rest, and meets then what was in the way (copy-conformance A-008)
 * @param bytes copied, from the start of the range
 * @param committed how durable they are
 * @param verifier under which they are, when they are not; that of the COPY reply
 */
public record CopyOutcome(Nfsstat4 status, long bytes, StableHow4 committed, Verifier4 verifier) {

  /** What CB_OFFLOAD carries (RFC 7862 section 16.1.1): without a stateid (16.1.3). */
  OffloadInfo4 info() {
    return status == Nfsstat4.NFS4_OK
        ? new OffloadInfo4.Ok(new WriteResponse4(null, bytes, committed, verifier))
        : new OffloadInfo4.Failed(status, bytes);
  }

  /**
   * What a failure of a volume is at the end of a copy. What is wrong with the request is said by
   * COPY itself, so few remain (copy-conformance A-012).
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
   * Whether a failure is told in place of the bytes that were copied before it.
   *
   * <p>Where the RFC is followed to the letter that is so for want of space and for the end of what
   * a file may be: there is no use in asking again, and the error arm has the bytes, too. But Linux
   * clients look at no more than the status, so that their programs hear that nothing was copied,
   * and they keep a size of the file from before. For them any failure after some bytes is a short
   * success, and their next COPY meets it.
   */
  static boolean isTold(Nfsstat4 failure, CopyRules rules) {
    return rules == CopyRules.RFC7862
        && switch (failure) {
          case NFS4ERR_NOSPC, NFS4ERR_DQUOT, NFS4ERR_FBIG -> true;
          default -> false;
        };
  }
}
