package io.ferrynfs.cli.admin;

import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;

/** The exports of a server, for its administrator. */
public interface ExportDirectory {

  /** What is exported to whom, in the order of the configuration file. */
  List<ExportStatus> exports();

  /** What is wrong with exports just now, by where clients find them; nothing with the others. */
  SequencedMap<String, ExportProblem> problems();

  /**
   * Takes the exports of the configuration file as it is now.
   *
   * @return completes when they are there, after some seconds at most; also when the file is wrong,
   *     and then nothing has changed
   */
  CompletableFuture<ReloadReport> reload();
}
