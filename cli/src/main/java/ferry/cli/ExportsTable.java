package ferry.cli;

import ferry.cli.admin.ExportStatus;
import ferry.cli.base.Printable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The exports of a server, for people and for programs: a line for each kind of clients. */
final class ExportsTable {
  private static final List<String> TITLES =
      List.of("pseudo-path", "networks", "access", "squash", "security", "path");

  private ExportsTable() {}

  /** A line of titles and one for each kind of clients of each export. */
  static List<String> lines(List<ExportStatus> exports) {
    return Columns.lines(TITLES, TITLES, exports.stream().map(ExportsTable::row).toList());
  }

  private static List<String> row(ExportStatus export) {
    return List.of(
        Printable.name(export.pseudoPath()),
        String.join(",", export.networks()),
        access(export),
        export.squash(),
        String.join(",", export.security()),
        Printable.name(export.path()));
  }

  private static String access(ExportStatus export) {
    return export.readOnly() ? "ro" : "rw";
  }

  /** What {@code --json} prints, in the words of the configuration file. */
  static Map<String, Object> fields(ExportStatus export) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("pseudo-path", export.pseudoPath());
    fields.put("path", export.path());
    fields.put("networks", export.networks());
    fields.put("access", access(export));
    fields.put("squash", export.squash());
    fields.put("anonymous-uid", export.anonymousUid());
    fields.put("anonymous-gid", export.anonymousGid());
    fields.put("security", export.security());
    return fields;
  }
}
