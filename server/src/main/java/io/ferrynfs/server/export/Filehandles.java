package io.ferrynfs.server.export;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;

/**
 * The layout of filehandles: a version (4 bytes), the tag of the volume (8 bytes), the handle of
 * the volume. It contains nothing of the server process, so filehandles are persistent (RFC 8881
 * section 4.2.2).
 *
 * <p>The first twelve bytes are those of a Linux filehandle whose file system has an id of eight
 * bytes (version 1, no authentication, fsid type 5). The reason is a copy from this server to a
 * Linux server. A Linux server takes a filehandle that it can parse for stale, which RFC 7862
 * section 15.2.3 lets it ignore in this case. It takes one that it cannot parse for a bad handle
 * and fails.
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
   * Returns the tag of the volume.
   *
   * @throws NfsStatusException NFS4ERR_BADHANDLE if it is too short for any server; NFS4ERR_STALE
   *     if another kind of server made it. The destination of a copy between servers receives such
   *     filehandles, and Linux falls back to READ and WRITE only on NFS4ERR_STALE
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

  /** Returns the volume's handle in a filehandle that {@link #tag} accepted. */
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
