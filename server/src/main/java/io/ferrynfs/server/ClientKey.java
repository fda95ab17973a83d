package io.ferrynfs.server;

import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;

/**
 * The name by which a server recognizes a client after a restart of either: the co_ownerid of the
 * client and the principal that sent it (RFC 8881 section 8.4.2.1.1). The principal is part of the
 * name because a client could otherwise use the co_ownerid of another client to reclaim or release
 * its state.
 *
 * @param ownerid co_ownerid of EXCHANGE_ID, at most 1024 bytes
 * @param flavor the RPC authentication flavor of EXCHANGE_ID
 * @param uid the user id of EXCHANGE_ID
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
   * Returns the key that {@link #toBytes} wrote.
   *
   * @param bytes flavor (4 bytes, big-endian), uid (8 bytes, big-endian) and ownerid
   * @throws IllegalArgumentException if the bytes are not a key
   */
  public static ClientKey ofBytes(byte[] bytes) {
    if (bytes.length < PRINCIPAL_BYTES) {
      throw new IllegalArgumentException("not a client key: " + bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int flavor = in.getInt();
    long uid = in.getLong();
    byte[] ownerid = new byte[in.remaining()];
    in.get(ownerid);
    return new ClientKey(Opaque.of(ownerid), flavor, uid);
  }
}
