package io.ferrynfs.rpc;

import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;

/** Who makes a call, as far as the caller says so itself (RFC 5531 section 8.2, appendix A). */
public sealed interface Credential {

  /** AUTH_NONE. */
  Credential NONE = new None();

  /** AUTH_NONE: nobody in particular. */
  record None() implements Credential {}

  /**
   * AUTH_SYS: the caller's word for its user and groups.
   *
   * @param stamp arbitrary
   * @param machineName of the caller, at most 255 bytes
   * @param uid effective user, 0..2^32-1
   * @param gid effective group, 0..2^32-1
   * @param gids further groups, at most 16
   */
  record Sys(long stamp, Opaque machineName, long uid, long gid, List<Long> gids)
      implements Credential {

    /** Most supplementary groups that AUTH_SYS carries. */
    public static final int GIDS_MAX = 16;

    /** Longest machine name, in bytes. */
    public static final int MACHINE_NAME_BYTES_MAX = 255;

    public Sys {
      gids = List.copyOf(gids);
      if (gids.size() > GIDS_MAX || machineName.size() > MACHINE_NAME_BYTES_MAX) {
        throw new IllegalArgumentException(
            "AUTH_SYS takes 16 groups and 255 bytes of machine name");
      }
    }
  }
}
