package io.ferrynfs.cli.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;

/** Exports of a fake server, with a configurable result of reloads. */
public final class MemoryExports implements ExportDirectory {
  private final List<ExportStatus> exports = new ArrayList<>();
  private final SequencedMap<String, ExportProblem> problems = new LinkedHashMap<>();
  private ReloadReport report = new ReloadReport(true, List.of("no export has changed"));

  /** Returns an export for a network. */
  public static ExportStatus export(String pseudoPath, String network) {
    return new ExportStatus(
        pseudoPath,
        "/srv" + pseudoPath,
        List.of(network, "2001:db8::/32"),
        true,
        "root",
        65534,
        65533,
        List.of("sys", "none"));
  }

  public void add(ExportStatus export) {
    exports.add(export);
  }

  /** Sets the problem of an export. */
  public void fails(String pseudoPath, ExportProblem problem) {
    problems.put(pseudoPath, problem);
  }

  /** Sets the result of reloads. */
  public void reloadsTo(ReloadReport outcome) {
    report = outcome;
  }

  @Override
  public List<ExportStatus> exports() {
    return List.copyOf(exports);
  }

  @Override
  public SequencedMap<String, ExportProblem> problems() {
    return problems;
  }

  @Override
  public CompletableFuture<ReloadReport> reload() {
    return CompletableFuture.completedFuture(report);
  }
}
