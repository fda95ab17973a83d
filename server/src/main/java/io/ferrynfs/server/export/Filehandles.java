package io.ferrynfs.server.export;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;

/**
 * The layout of filehandles: a version (4 bytes), the tag of the volume (8), the volume's handle.
 * It holds nothing of the server process, so filehandles outlive it, as RFC 8881 section 4.2.2 has
 * it for persistent ones.
 *
 * <p>The first twelve bytes are those of a Linux filehandle whose file system is named by eight
 * bytes (version 1, no authentication, fsid type 5). For a Linux server may be the destination of a
 * copy from this one; it takes a filehandle that it can read for stale, which RFC 7862 section
 * 15.2.3 lets it ignore then, but one that it cannot read for a bad one, and fails.
 */
final class Filehandles {
  private static final int VERSION = 0x0100_0546;
  private static final int VERSION_BYTES = 4;
  private static final int PREFIX_BYTES = 12;

  private Filehandles() {}

  static NfsFh4 encode(long tag, Handle handle) {
    ByteBuffer bytes = ByteBuffer.allocate(PREFIX_BYTES + handle.size());
    bytes.putInt(VERSION).putLong(tag).put(handle.toByteArray());
    return new NfsFh4(Opaque.of(bytes.flip()));
  }

  /**
   * The tag of the volume.
   *
   * @throws NfsStatusException NFS4ERR_BADHANDLE when it is too short to be a filehandle of
   *     anybody; NFS4ERR_STALE when this server software did not make it: a filehandle of another
   *     server reaches the destination of an inter-server copy, and Linux falls back to READ and
   *     WRITE on STALE only
   */
  static long tag(NfsFh4 filehandle) throws NfsStatusException {
    ByteBuffer bytes = filehandle.data().asByteBuffer();
    if (bytes.remaining() < VERSION_BYTES) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BADHANDLE);
    }
    if (bytes.remaining() <= PREFIX_BYTES || bytes.getInt() != VERSION) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_STALE);
    }
    return bytes.getLong();
  }

  /** The volume's handle of a filehandle that {@link #tag} accepted. */
  static Handle handle(NfsFh4 filehandle) throws NfsStatusException {
    ByteBuffer bytes = filehandle.data().asByteBuffer().position(PREFIX_BYTES);
    byte[] handle = new byte[bytes.remaining()];
    bytes.get(handle);
    try {
      return Handle.of(handle);
    } catch (StorageException e) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_STALE);
    }
  }
}
