package io.ferrynfs.server.dispatch;

import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;

/**
 * Recognises the filehandle of another server that PUTFH accepts: it becomes the saved filehandle
 * of a later COPY with source servers, and no other operation of the COMPOUND uses it (RFC 7862
 * section 15.2.3). For any other foreign filehandle PUTFH fails with NFS4ERR_STALE, because clients
 * expect the error there.
 */
final class ForeignFilehandles {
  private ForeignFilehandles() {}

  /**
   * Returns whether the filehandle of the preceding PUTFH is for such a COPY.
   *
   * @param rest the following operations, which are not consumed
   * @param operations the number of these operations
   */
  static boolean isForCopy(XdrReader rest, long operations) {
    XdrReader in = new XdrReader(rest.rest());
    boolean isCurrent = true;
    boolean isSaved = false;
    try {
      for (long i = 0; i < operations && (isCurrent || isSaved); i++) {
        switch (NfsArgop4.decode(in)) {
          case NfsArgop4.Savefh _ -> isSaved = isCurrent;
          case NfsArgop4.Restorefh _ -> isCurrent = isSaved;
          case NfsArgop4.Putfh _, NfsArgop4.Putrootfh _, NfsArgop4.Putpubfh _ -> isCurrent = false;
          case NfsArgop4.Copy(Copy4Args copy) -> {
            return isSaved && !isCurrent && !copy.sourceServer().isEmpty();
          }
          case NfsArgop4.Clone _, NfsArgop4.Link _, NfsArgop4.Rename _ -> {
            return false;
          }
          default -> {
            if (isCurrent) {
              return false;
            }
          }
        }
      }
    } catch (XdrException e) {
      return false;
    }
    return false;
  }
}
