package io.ferrynfs.server.offload;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * The bytes that a COPY copies (RFC 7862 section 15.2.3), which never extend beyond the end of the
 * source.
 *
 * @param sourceOffset the offset of the first byte to read
 * @param targetOffset the offset of the first byte to write
 * @param length the number of bytes to copy; may be 0
 */
public record CopyRange(long sourceOffset, long targetOffset, long length) {

  /**
   * Checks the requested range and limits it to the source. Offsets of 2^63 and more arrive as
   * negative numbers and are beyond the end of any file.
   *
   * @param sourceSize the current size of the source in bytes
   * @param sameFile whether source and target are the same file
   * @param strict whether the rules of the RFC apply; with the rules for Linux, a range beyond the
   *     end is shortened and a file may be copied inside itself
   * @throws NfsStatusException NFS4ERR_INVAL; NFS4ERR_FBIG for a target beyond the maximum file
   *     size
   */
  public static CopyRange of(Copy4Args args, long sourceSize, boolean sameFile, boolean strict)
      throws NfsStatusException {
    long offset = args.srcOffset();
    long count = args.count();
    if (Long.compareUnsigned(offset + count, offset) < 0) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    boolean startsBeyond = Long.compareUnsigned(offset, sourceSize) > 0;
    boolean endsBeyond = Long.compareUnsigned(offset + count, sourceSize) > 0;
    if (strict && (sameFile || startsBeyond || endsBeyond)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    long length = 0;
    if (!startsBeyond) {
      // A count of 0 requests all bytes up to the end.
      length = count == 0 || endsBeyond ? sourceSize - offset : count;
    }
    long target = args.dstOffset();
    if (target < 0 || target + length < 0) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_FBIG);
    }
    if (sameFile && offset < target + length && target < offset + length) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    return new CopyRange(offset, target, length);
  }
}
