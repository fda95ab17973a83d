package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.XattrName;
import io.ferrynfs.wire.nfs4.Listxattrs4Args;
import io.ferrynfs.wire.nfs4.Listxattrs4Res;
import io.ferrynfs.wire.nfs4.Listxattrs4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.Comparator;
import java.util.List;

/**
 * The LISTXATTRS operation (RFC 8276 section 8.4.3).
 *
 * <p>Names are listed in the order of a hash, and a cookie is the hash of the last name listed. The
 * hash depends on the name only. So names that are created or removed between two pages, and a
 * restart, neither hide another name nor list it twice. Names with the same hash are always in the
 * same page.
 */
final class Listxattrs implements NfsOperation<Listxattrs4Args, Listxattrs4Res> {
  private static final int HEAD_BYTES = 4 + 4;

  /** Cookie, number of names and eof. */
  private static final int RESOK_BYTES = 8 + 4 + 4;

  private static final long FNV_OFFSET = 0xcbf2_9ce4_8422_2325L;
  private static final long FNV_PRIME = 0x100_0000_01b3L;

  private record Entry(long cookie, XattrName name) {
    /** Returns the size on the wire in bytes. */
    int bytes() {
      return Integer.BYTES + ((name.size() + 3) & ~3);
    }
  }

  @Override
  public Listxattrs4Res execute(Listxattrs4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef file = c.current();
    if (args.cookie() < 0) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_COOKIE);
    }
    List<Entry> rest = after(args.cookie(), file.volume().listXattrs(c.caller(), file.handle()));
    long room = (long) c.replyRoom() - HEAD_BYTES;
    int fit = fitting(rest, Math.min(args.maxcount(), room) - RESOK_BYTES);
    if (fit < 0 || (fit == 0 && !rest.isEmpty())) {
      throw new NfsStatusException(
          args.maxcount() <= room ? Nfsstat4.NFS4ERR_TOOSMALL : Nfsstat4.NFS4ERR_REP_TOO_BIG);
    }
    List<Opaque> names =
        rest.subList(0, fit).stream().map(entry -> Opaque.of(entry.name().toByteArray())).toList();
    long cookie = fit == 0 ? args.cookie() : rest.get(fit - 1).cookie();
    return new Listxattrs4Res.Ok(new Listxattrs4Resok(cookie, names, fit == rest.size()));
  }

  private static List<Entry> after(long cookie, List<XattrName> all) {
    return all.stream()
        .map(name -> new Entry(cookie(name.toByteArray()), name))
        .filter(entry -> entry.cookie() > cookie)
        .sorted(Comparator.comparingLong(Entry::cookie))
        .toList();
  }

  /**
   * Returns how many of the entries fit. Entries with the same cookie stay together.
   *
   * @return -1 if not even an empty list fits
   */
  private static int fitting(List<Entry> entries, long bytes) {
    long left = bytes;
    int fit = 0;
    int next = 0;
    while (left >= 0) {
      boolean ends =
          next == entries.size()
              || (next > 0 && entries.get(next).cookie() != entries.get(next - 1).cookie());
      fit = ends ? next : fit;
      if (next == entries.size() || next == Nfs4.XATTR_NAMES_MAX) {
        return fit;
      }
      left -= entries.get(next).bytes();
      next++;
    }
    return bytes < 0 ? -1 : fit;
  }

  /**
   * Returns the FNV-1a hash of a name without its sign bit. It is never 0 because 0 requests the
   * first page.
   */
  private static long cookie(byte[] name) {
    long hash = FNV_OFFSET;
    for (byte b : name) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return Math.max(1, hash & Long.MAX_VALUE);
  }

  @Override
  public int replyBytesMax(Listxattrs4Args args) {
    return HEAD_BYTES + RESOK_BYTES;
  }
}
