package io.ferrynfs.cli.admin;

import java.util.List;

/**
 * What the clients of some networks have of an export.
 *
 * @param pseudoPath where clients find it
 * @param path the directory
 * @param networks whose clients
 * @param readOnly whether they may change nothing
 * @param squash whom of them to take for nobody: none, root or all
 * @param anonymousUid what those become
 * @param anonymousGid their group
 * @param security how they may say who they are: sys, none
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
