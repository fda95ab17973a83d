package io.ferrynfs.server;

import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.wire.xdr.Opaque;

/**
 * The identity of a server in EXCHANGE_ID.
 *
 * @param majorId so_major_id; it must be unique because Linux takes two servers that report the
 *     same one for a single server, and then sends an intra-server COPY with a filehandle of the
 *     other one
 * @param scope eir_server_scope
 */
public record ServerIdentity(Opaque majorId, Opaque scope) {
  private static final int ID_BYTES = 16;

  /** Returns an identity that no other server has. */
  public static ServerIdentity random(RandomSource random) {
    Opaque id = Opaque.ofUtf8("ferry-" + Opaque.of(random.bytes(ID_BYTES)).toHex());
    return new ServerIdentity(id, id);
  }
}
