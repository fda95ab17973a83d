package io.ferrynfs.server;

import io.ferrynfs.storage.Caller;
import java.util.List;

/**
 * Which users of clients are taken for nobody.
 *
 * @param who whom it concerns
 * @param anonymousUid what they become
 * @param anonymousGid their group
 */
public record Squash(Who who, long anonymousUid, long anonymousGid) {
  /** The user and the group {@code nobody}. */
  public static final long NOBODY = 65534;

  /** Everyone is who the client says. */
  public static final Squash NONE = new Squash(Who.NOBODY, NOBODY, NOBODY);

  /** The clients' superusers become nobody. */
  public static final Squash ROOT = new Squash(Who.ROOT, NOBODY, NOBODY);

  /** -1 as 32 bits: no user and no group, and for chown(2) "as it is". */
  private static final long NO_ID = 0xffff_ffffL;

  /** Whom squashing concerns. */
  public enum Who {
    /** No user. */
    NOBODY,
    /** Uid 0 and gid 0. */
    ROOT,
    /** All users. */
    EVERYBODY
  }

  /**
   * Returns the user that a volume sees for the user of a credential. An id of 2^32 - 1, which is
   * no user to the system, becomes the anonymous one.
   *
   * @param credentialUid user id
   * @param credentialGid primary group
   * @param credentialGids further groups
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
