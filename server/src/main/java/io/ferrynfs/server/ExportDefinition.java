package io.ferrynfs.server;

import io.ferrynfs.storage.Volume;
import java.util.List;

/**
 * A volume to export, and the rules for its clients.
 *
 * @param volume the files; the caller closes the volume after the server
 * @param rules the rules for the clients of each network. The first rule that matches the address
 *     of a client applies. A client that matches no rule does not see the export
 * @param copySource the servers that may read from this export for its clients (COPY_NOTIFY)
 */
public record ExportDefinition(Volume volume, List<ExportRule> rules, CopySourcePolicy copySource) {
  /** Copies the list of rules. */
  public ExportDefinition {
    rules = List.copyOf(rules);
  }

  /**
   * Creates an export of a volume for all clients. All servers that a client names in COPY_NOTIFY
   * may read from it.
   */
  public ExportDefinition(Volume volume, Squash squash) {
    this(volume, squash, CopySourcePolicy.ANYBODY);
  }

  /** Creates an export of a volume for all clients. */
  public ExportDefinition(Volume volume, Squash squash, CopySourcePolicy copySource) {
    this(volume, List.of(ExportRule.everybody(squash)), copySource);
  }
}
