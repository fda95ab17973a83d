package io.ferrynfs.server;

import io.ferrynfs.storage.Caller;
import java.util.List;

/**
 * The users of clients that the server maps to an anonymous user.
 *
 * @param who the users that the rule concerns
 * @param anonymousUid the user id that replaces theirs
 * @param anonymousGid the group id that replaces theirs
 */
public record Squash(Who who, long anonymousUid, long anonymousGid) {
  /** The id of the user and of the group {@code nobody}. */
  public static final long NOBODY = 65534;

  /** No squashing: users keep the ids of their credential. */
  public static final Squash NONE = new Squash(Who.NOBODY, NOBODY, NOBODY);

  /** Squashing of uid 0 and gid 0 to {@code nobody}. */
  public static final Squash ROOT = new Squash(Who.ROOT, NOBODY, NOBODY);

  /** -1 as 32 bits, which is no user and no group. chown(2) takes it to mean "unchanged". */
  private static final long NO_ID = 0xffff_ffffL;

  /** The users that a squash rule concerns. */
  public enum Who {
    /** No user. */
    NOBODY,
    /** Uid 0 and gid 0. */
    ROOT,
    /** All users. */
    EVERYBODY
  }

  /**
   * Returns the user that a volume sees for the user of a credential. The id 2^32 - 1, which is no
   * user on POSIX systems, becomes the anonymous id.
   *
   * @param credentialUid the user id
   * @param credentialGid the primary group id
   * @param credentialGids the supplementary group ids
   */
  public Caller apply(long credentialUid, long credentialGid, List<Long> credentialGids) {
    long uid = credentialUid == NO_ID ? anonymousUid : credentialUid;
    long gid = credentialGid == NO_ID ? anonymousGid : credentialGid;
    List<Long> gids = without(NO_ID, credentialGids);
    return switch (who) {
      case NOBODY -> new Caller(uid, gid, gids);
      case EVERYBODY -> Caller.of(anonymousUid, anonymousGid);
      case ROOT ->
          new Caller(
              uid == 0 ? anonymousUid : uid, gid == 0 ? anonymousGid : gid, without(0, gids));
    };
  }

  private static List<Long> without(long id, List<Long> gids) {
    return gids.contains(id) ? gids.stream().filter(gid -> gid != id).toList() : gids;
  }
}
