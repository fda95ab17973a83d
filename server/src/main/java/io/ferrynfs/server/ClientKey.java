package io.ferrynfs.server;

import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;

/**
 * The name by which a server recognizes a client after a restart of either: the co_ownerid of the
 * client, and the principal that sent it (RFC 8881 section 8.4.2.1.1). Without the principal a
 * client that guessed the name of another could reclaim its state, or give it up.
 *
 * @param ownerid co_ownerid of EXCHANGE_ID, at most 1024 bytes
 * @param flavor the RPC authentication flavor of EXCHANGE_ID
 * @param uid its user
 */
public record ClientKey(Opaque ownerid, int flavor, long uid) {
  private static final int PRINCIPAL_BYTES = Integer.BYTES + Long.BYTES;

  /** Returns the key as bytes, for {@link #ofBytes}. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(PRINCIPAL_BYTES + ownerid.size())
        .putInt(flavor)
        .putLong(uid)
        .put(ownerid.toByteArray())
        .array();
  }

  /**
   * Returns the key in the bytes of {@link #toBytes}.
   *
   * @throws IllegalArgumentException if the bytes are no key
   */
  public static ClientKey ofBytes(byte[] bytes) {
    if (bytes.length < PRINCIPAL_BYTES) {
      throw new IllegalArgumentException("no client in " + bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int flavor = in.getInt();
    long uid = in.getLong();
    byte[] ownerid = new byte[in.remaining()];
    in.get(ownerid);
    return new ClientKey(Opaque.of(ownerid), flavor, uid);
  }
}
