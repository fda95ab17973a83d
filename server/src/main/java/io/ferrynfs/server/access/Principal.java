package io.ferrynfs.server.access;

import io.ferrynfs.server.ClientKey;
import io.ferrynfs.server.Squash;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;

/**
 * Who a request comes from, as its RPC credential says.
 *
 * @param flavor the RPC authentication flavor (AUTH_NONE 0, AUTH_SYS 1)
 * @param uid user id; of AUTH_NONE {@link #NOBODY}
 * @param gid primary group
 * @param gids other groups
 */
public record Principal(int flavor, long uid, long gid, List<Long> gids) {
  /** User and group of a caller without a name. */
  public static final long NOBODY = Squash.NOBODY;

  /** A caller who does not say who he is. */
  public static final Principal NONE = new Principal(0, NOBODY, NOBODY, List.of());

  public Principal {
    gids = List.copyOf(gids);
  }

  /** Returns the name of a client that this principal owns, for the registry. */
  public ClientKey clientKey(Opaque ownerid) {
    return new ClientKey(ownerid, flavor, uid);
  }

  /** True when both are the same user, which is what RFC 8881 section 18.35.4 compares. */
  public boolean sameUser(Principal other) {
    return flavor == other.flavor && uid == other.uid;
  }
}
