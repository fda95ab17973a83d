package io.ferrynfs.server.access;

import io.ferrynfs.server.ClientKey;
import io.ferrynfs.server.Squash;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;

/**
 * The user that makes a request, authenticated by RPC.
 *
 * @param flavor the RPC authentication flavor (AUTH_NONE 0, AUTH_SYS 1)
 * @param name the user's name in this flavor: the decimal uid under AUTH_SYS
 * @param uid user id; {@link #NOBODY} if the flavor has none
 * @param gid primary group
 * @param gids other groups
 */
public record Principal(int flavor, String name, long uid, long gid, List<Long> gids) {
  /** User and group of a caller without a uid. */
  public static final long NOBODY = Squash.NOBODY;

  /** The anonymous caller of AUTH_NONE. */
  public static final Principal NONE = new Principal(0, "nobody", NOBODY, NOBODY, List.of());

  public Principal {
    gids = List.copyOf(gids);
  }

  /** Returns the name of a client that this principal owns, for the registry. */
  public ClientKey clientKey(Opaque ownerid) {
    return new ClientKey(ownerid, flavor, name);
  }

  /** Returns whether both are the same user (RFC 8881 section 18.35.4). */
  public boolean sameUser(Principal other) {
    return flavor == other.flavor && name.equals(other.name);
  }
}
