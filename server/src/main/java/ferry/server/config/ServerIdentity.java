package ferry.server.config;

import ferry.rpc.env.RandomSource;
import ferry.wire.xdr.Opaque;

/**
 * What this server calls itself.
 *
 * @param majorId so_major_id: unique to this server, because Linux takes two servers that report the
 *     same for one and sends an intra-server COPY with the other's filehandles
 * @param scope eir_server_scope
 * @param bootTag seconds since 1970 at start, 32 bits: tells clientids and stateids of an earlier
 *     instance from forged ones
 */
public record ServerIdentity(Opaque majorId, Opaque scope, int bootTag) {

  /** An identity that no other server has. */
  public static ServerIdentity random(RandomSource random, int bootTag) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    Opaque id = Opaque.ofUtf8("ferry-" + Opaque.of(bytes).toHex());
    return new ServerIdentity(id, id, bootTag);
  }
}
