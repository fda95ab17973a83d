package io.ferrynfs.cli;

import io.ferrynfs.cli.admin.ExportProblem;
import io.ferrynfs.cli.admin.ExportStatus;
import io.ferrynfs.cli.base.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Formats the exports of a server, with a line for each rule. */
final class ExportsTable {
  private static final List<String> TITLES =
      List.of("pseudo-path", "networks", "access", "squash", "security", "state", "path");

  private ExportsTable() {}

  /** Returns a header and a line for each rule. */
  static List<String> lines(
      List<ExportStatus> exports, Optional<Map<String, ExportProblem>> problems) {
    return Columns.lines(
        TITLES, TITLES, exports.stream().map(export -> row(export, problems)).toList());
  }

  /** Returns a line for each problem. */
  static List<String> notes(List<ExportStatus> exports, Map<String, ExportProblem> problems) {
    List<String> notes = new ArrayList<>();
    for (String path : exports.stream().map(ExportStatus::pseudoPath).distinct().toList()) {
      ExportProblem problem = problems.get(path);
      if (problem != null) {
        notes.add(Printable.name(path) + ": " + Printable.name(problem.text()));
      }
    }
    return notes;
  }

  private static String state(ExportStatus export, Optional<Map<String, ExportProblem>> problems) {
    if (problems.isEmpty()) {
      return ExportProblem.UNKNOWN;
    }
    ExportProblem problem = problems.get().get(export.pseudoPath());
    return problem == null ? ExportProblem.OK : problem.state();
  }

  private static List<String> row(
      ExportStatus export, Optional<Map<String, ExportProblem>> problems) {
    return List.of(
        Printable.name(export.pseudoPath()),
        String.join(",", export.networks()),
        access(export),
        export.squash(),
        String.join(",", export.security()),
        Printable.name(state(export, problems)),
        Printable.name(export.path()));
  }

  private static String access(ExportStatus export) {
    return export.readOnly() ? "ro" : "rw";
  }

  /** Returns the fields of a rule for {@code --json}, by the names of the configuration file. */
  static Map<String, Object> fields(
      ExportStatus export, Optional<Map<String, ExportProblem>> problems) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("pseudo-path", export.pseudoPath());
    fields.put("path", export.path());
    fields.put("networks", export.networks());
    fields.put("access", access(export));
    fields.put("squash", export.squash());
    fields.put("anonymous-uid", export.anonymousUid());
    fields.put("anonymous-gid", export.anonymousGid());
    fields.put("security", export.security());
    fields.put("state", state(export, problems));
    problems
        .map(known -> known.get(export.pseudoPath()))
        .ifPresent(problem -> fields.put("problem", problem.text()));
    return fields;
  }
}
