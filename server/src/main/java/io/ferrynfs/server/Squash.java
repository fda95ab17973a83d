package io.ferrynfs.server;

import io.ferrynfs.server.access.Principal;
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
  /** Everyone is who the client says. */
  public static final Squash NONE = new Squash(Who.NOBODY, Principal.NOBODY, Principal.NOBODY);

  /** The clients' superusers become nobody. */
  public static final Squash ROOT = new Squash(Who.ROOT, Principal.NOBODY, Principal.NOBODY);

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

  /** Who this principal is for a volume; an id that is none is the anonymous one. */
  public Caller apply(Principal principal) {
    long uid = principal.uid() == NO_ID ? anonymousUid : principal.uid();
    long gid = principal.gid() == NO_ID ? anonymousGid : principal.gid();
    List<Long> gids = without(NO_ID, principal.gids());
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
