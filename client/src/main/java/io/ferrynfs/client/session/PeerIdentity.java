package io.ferrynfs.client.session;

import io.ferrynfs.wire.nfs4.ExchangeId4Resok;
import io.ferrynfs.wire.nfs4.NfsImplId4;
import io.ferrynfs.wire.xdr.Opaque;

/**
 * The identity of a server in its reply to EXCHANGE_ID (RFC 8881 section 18.35). Two servers with
 * the same major id and scope are one server, whatever their addresses (RFC 8881 section 2.10.4).
 *
 * @param ownerMajor so_major_id
 * @param scope eir_server_scope
 * @param implementation the name of its software, possibly empty
 */
public record PeerIdentity(Opaque ownerMajor, Opaque scope, String implementation) {

  static PeerIdentity of(ExchangeId4Resok ok) {
    NfsImplId4 software = ok.serverImplId();
    return new PeerIdentity(
        ok.serverOwner().majorId(),
        ok.serverScope(),
        software == null ? "" : software.name().utf8());
  }

  public boolean sameServer(PeerIdentity other) {
    return ownerMajor.equals(other.ownerMajor) && scope.equals(other.scope);
  }
}
