package io.ferrynfs.server.recovery;

import io.ferrynfs.server.access.Principal;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;

/**
 * A client as it is known again after a restart of either side: by the name that it gives itself,
 * and by who it was when it did (RFC 8881 section 8.4.2.1.1), so that nobody reclaims, or gives up,
 * for a client whose name he has guessed.
 *
 * @param ownerid co_ownerid of EXCHANGE_ID, at most 1024 bytes
 * @param flavor the RPC authentication flavor of EXCHANGE_ID
 * @param uid its user
 */
public record ClientKey(Opaque ownerid, int flavor, long uid) {
  private static final int PRINCIPAL_BYTES = Integer.BYTES + Long.BYTES;

  /** The key of a client. */
  public static ClientKey of(Opaque ownerid, Principal principal) {
    return new ClientKey(ownerid, principal.flavor(), principal.uid());
  }

  /** The key as stored bytes. */
  byte[] toBytes() {
    return ByteBuffer.allocate(PRINCIPAL_BYTES + ownerid.size())
        .putInt(flavor)
        .putLong(uid)
        .put(ownerid.toByteArray())
        .array();
  }

  /**
   * The key that was stored.
   *
   * @throws IllegalArgumentException when these bytes are none
   */
  static ClientKey ofBytes(byte[] bytes) {
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
