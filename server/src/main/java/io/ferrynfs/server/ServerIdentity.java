package io.ferrynfs.server;

import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.wire.xdr.Opaque;

/**
 * What this server calls itself.
 *
 * @param majorId so_major_id: unique to this server, because Linux takes two servers that report
 *     the same for one and sends an intra-server COPY with the other's filehandles
 * @param scope eir_server_scope
 */
public record ServerIdentity(Opaque majorId, Opaque scope) {
  private static final int ID_BYTES = 16;

  /** An identity that no other server has. */
  public static ServerIdentity random(RandomSource random) {
    Opaque id = Opaque.ofUtf8("ferry-" + Opaque.of(random.bytes(ID_BYTES)).toHex());
    return new ServerIdentity(id, id);
  }
}
