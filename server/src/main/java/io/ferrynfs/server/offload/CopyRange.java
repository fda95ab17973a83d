package io.ferrynfs.server.offload;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * Which bytes a COPY really copies (RFC 7862 section 15.2.3): never any beyond the end of the
 * source.
 *
 * @param sourceOffset of the first byte to read
 * @param targetOffset of the first byte to write
 * @param length bytes to copy, 0 when there is nothing to copy
 */
public record CopyRange(long sourceOffset, long targetOffset, long length) {

  /**
   * Checks and cuts the range that was asked for. Offsets of 2^63 and more arrive as negative
   * numbers and are larger than any file.
   *
   * @param sourceSize length of the source now
   * @param sameFile whether source and target are one file
   * @param strict whether the RFC is followed to the letter; otherwise ranges beyond the end are
   *     cut short and a file may be copied inside itself, as Linux clients expect
   * @throws NfsStatusException NFS4ERR_INVAL, or NFS4ERR_FBIG for a target beyond any file's end
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
      // A count of 0 asks for everything up to the end.
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
