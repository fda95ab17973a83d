package ferry.server.access;

import java.util.List;

/**
 * Who a request comes from, as its RPC credential says.
 *
 * @param flavor the RPC authentication flavor (AUTH_NONE 0, AUTH_SYS 1)
 * @param uid user id; of AUTH_NONE the overflow id 65534
 * @param gid primary group
 * @param gids other groups
 */
public record Principal(int flavor, int uid, int gid, List<Integer> gids) {
  /** User and group of a caller without a name. */
  public static final int NOBODY = 65534;

  /** True when both are the same user: what RFC 5661 18.35 compares. */
  public boolean sameUser(Principal other) {
    return flavor == other.flavor && uid == other.uid;
  }
}
