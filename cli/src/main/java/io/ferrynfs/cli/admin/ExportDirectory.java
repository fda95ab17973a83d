package io.ferrynfs.cli.admin;

import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;

/** The exports of a server, for the administration program. */
public interface ExportDirectory {

  /** Returns the exports and their rules in the order of the configuration file. */
  List<ExportStatus> exports();

  /** Returns the problems by pseudo-path; exports without a problem are absent. */
  SequencedMap<String, ExportProblem> problems();

  /**
   * Reads the exports of the configuration file again.
   *
   * @return completes when the exports are in use, within a few seconds; if the file has an error,
   *     completes with a report of it, and nothing has changed
   */
  CompletableFuture<ReloadReport> reload();
}
