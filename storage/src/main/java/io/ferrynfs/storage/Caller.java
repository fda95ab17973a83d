package io.ferrynfs.storage;

import java.util.List;

/**
 * In whose name a call is made, after any squashing. Whether it is the volume that enforces the
 * permissions of this identity is told by {@link Feature#CALLER_ENFORCED}.
 *
 * @param uid user id, 0 to 2^32-1; 0 is the superuser, whom no permission bit stops
 * @param gid primary group id, 0 to 2^32-1; new objects get it
 * @param gids supplementary group ids
 */
public record Caller(long uid, long gid, List<Long> gids) {
  /** The server itself, for what it does in nobody's name. */
  public static final Caller SUPERUSER = new Caller(0, 0, List.of());

  /** The most supplementary groups that a caller can have (Linux's NGROUPS_MAX). */
  public static final int GIDS_MAX = 65_536;

  public Caller {
    checkId(uid);
    checkId(gid);
    gids = List.copyOf(gids);
    if (gids.size() > GIDS_MAX) {
      throw new IllegalArgumentException(gids.size() + " groups");
    }
    gids.forEach(Caller::checkId);
  }

  /** A caller without supplementary groups. */
  public static Caller of(long uid, long gid) {
    return new Caller(uid, gid, List.of());
  }

  public boolean isSuperuser() {
    return uid == 0;
  }

  /** Whether this is the primary group or one of the others. */
  public boolean isInGroup(long group) {
    return gid == group || gids.contains(group);
  }

  private static void checkId(long id) {
    if (id >>> 32 != 0) {
      throw new IllegalArgumentException("id " + id);
    }
  }
}
