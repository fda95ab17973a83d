package io.ferrynfs.server;

import io.ferrynfs.storage.Volume;
import java.util.List;

/**
 * A volume to export, and the rules for its clients.
 *
 * @param volume the files; remains the caller's to close
 * @param rules the rules of the clients of each network. The first rule that matches a client's
 *     address counts; a client that no rule matches does not see the export
 * @param copySource the servers that may read from this export for their clients (COPY_NOTIFY)
 */
public record ExportDefinition(Volume volume, List<ExportRule> rules, CopySourcePolicy copySource) {
  /** Copies the rules. */
  public ExportDefinition {
    rules = List.copyOf(rules);
  }

  /** Exports a volume to all clients, and to the servers that these name in COPY_NOTIFY. */
  public ExportDefinition(Volume volume, Squash squash) {
    this(volume, squash, CopySourcePolicy.ANYBODY);
  }

  /** Exports a volume to all clients, with a rule for the servers that read from it. */
  public ExportDefinition(Volume volume, Squash squash, CopySourcePolicy copySource) {
    this(volume, List.of(ExportRule.everybody(squash)), copySource);
  }
}
