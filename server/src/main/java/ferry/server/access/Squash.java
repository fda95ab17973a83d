package ferry.server.access;

import ferry.storage.Caller;
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

  /** Whom squashing concerns. */
  public enum Who {
    /** No user. */
    NOBODY,
    /** Uid 0 and gid 0. */
    ROOT,
    /** All users. */
    EVERYBODY
  }

  /** Who this principal is for a volume. */
  public Caller apply(Principal principal) {
    return switch (who) {
      case NOBODY -> new Caller(principal.uid(), principal.gid(), principal.gids());
      case EVERYBODY -> Caller.of(anonymousUid, anonymousGid);
      case ROOT ->
          new Caller(
              principal.uid() == 0 ? anonymousUid : principal.uid(),
              principal.gid() == 0 ? anonymousGid : principal.gid(),
              withoutRoot(principal.gids()));
    };
  }

  private static List<Long> withoutRoot(List<Long> gids) {
    return gids.stream().filter(gid -> gid != 0).toList();
  }
}
