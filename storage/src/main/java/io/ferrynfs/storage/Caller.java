package io.ferrynfs.storage;

import java.util.List;

/**
 * The identity that makes a call, after squashing. {@link Feature#CALLER_ENFORCED} tells whether
 * the volume enforces the permissions of this identity.
 *
 * @param uid user id, 0 to 2^32-1; permission bits do not restrict uid 0, the superuser
 * @param gid primary group id, 0 to 2^32-1; new objects get it
 * @param gids supplementary group ids, at most {@link #GIDS_MAX}
 */
public record Caller(long uid, long gid, List<Long> gids) {
  /** The superuser without supplementary groups, for calls that the server makes for itself. */
  public static final Caller SUPERUSER = new Caller(0, 0, List.of());

  /** The maximum number of supplementary groups of a caller (NGROUPS_MAX of Linux). */
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

  /** Returns a caller without supplementary groups. */
  public static Caller of(long uid, long gid) {
    return new Caller(uid, gid, List.of());
  }

  /** Returns whether the caller is the superuser. */
  public boolean isSuperuser() {
    return uid == 0;
  }

  /** Returns whether a group is the primary group or a supplementary group of the caller. */
  public boolean isInGroup(long group) {
    return gid == group || gids.contains(group);
  }

  private static void checkId(long id) {
    if (id >>> 32 != 0) {
      throw new IllegalArgumentException("id " + id);
    }
  }
}
