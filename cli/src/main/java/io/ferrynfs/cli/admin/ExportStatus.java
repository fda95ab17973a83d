package io.ferrynfs.cli.admin;

import java.util.List;

/**
 * A rule of an export.
 *
 * @param pseudoPath the path that clients mount
 * @param path the directory
 * @param networks the clients to which the rule applies
 * @param readOnly whether access is read-only
 * @param squash the users to squash: none, root or all
 * @param anonymousUid the uid of squashed users
 * @param anonymousGid the gid of squashed users
 * @param security the security flavors: sys, none
 */
public record ExportStatus(
    String pseudoPath,
    String path,
    List<String> networks,
    boolean readOnly,
    String squash,
    long anonymousUid,
    long anonymousGid,
    List<String> security) {
  /** Copies the lists. */
  public ExportStatus {
    networks = List.copyOf(networks);
    security = List.copyOf(security);
  }
}
