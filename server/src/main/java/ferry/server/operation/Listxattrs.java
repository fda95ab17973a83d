package ferry.server.operation;

import ferry.server.export.FileRef;
import ferry.server.status.Refused;
import ferry.storage.StorageException;
import ferry.storage.XattrName;
import ferry.wire.nfs4.Listxattrs4Args;
import ferry.wire.nfs4.Listxattrs4Res;
import ferry.wire.nfs4.Listxattrs4Resok;
import ferry.wire.nfs4.Nfs4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;

/** RFC 8276 section 8.4.3: LISTXATTRS. A cookie is how many names were listed before. */
final class Listxattrs implements Operation<Listxattrs4Args, Listxattrs4Res> {
  private static final int HEAD_BYTES = 4 + 4;

  /** Cookie, count of names and eof. */
  private static final int RESOK_BYTES = 8 + 4 + 4;

  @Override
  public Listxattrs4Res execute(Listxattrs4Args args, CompoundContext c)
      throws Refused, StorageException {
    FileRef file = c.current();
    List<XattrName> all = file.volume().listXattrs(c.caller(), file.handle());
    if (args.cookie() < 0 || args.cookie() > all.size()) {
      throw new Refused(Nfsstat4.NFS4ERR_BAD_COOKIE);
    }
    long room = (long) c.replyRoom() - HEAD_BYTES;
    long bytesLeft = Math.min(args.maxcount(), room) - RESOK_BYTES;
    List<Opaque> names = new ArrayList<>();
    int next = (int) args.cookie();
    while (next < all.size() && names.size() < Nfs4.XATTR_NAMES_MAX) {
      bytesLeft -= Integer.BYTES + ((all.get(next).size() + 3) & ~3);
      if (bytesLeft < 0) {
        break;
      }
      names.add(Opaque.of(all.get(next).toByteArray()));
      next++;
    }
    if (bytesLeft < 0 && names.isEmpty()) {
      throw new Refused(
          args.maxcount() <= room ? Nfsstat4.NFS4ERR_TOOSMALL : Nfsstat4.NFS4ERR_REP_TOO_BIG);
    }
    return new Listxattrs4Res.Ok(new Listxattrs4Resok(next, names, next == all.size()));
  }

  @Override
  public int replyBytesMax(Listxattrs4Args args) {
    return HEAD_BYTES + RESOK_BYTES;
  }
}
