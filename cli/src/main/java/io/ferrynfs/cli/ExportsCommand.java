package io.ferrynfs.cli;

import io.ferrynfs.cli.admin.AdminClient;
import io.ferrynfs.cli.admin.ExportProblem;
import io.ferrynfs.cli.admin.ExportStatus;
import io.ferrynfs.cli.admin.ReloadReport;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Printable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

@CommandLine.Command(
    name = "exports",
    description = {
      "Show the exports of a server, or make it read its --config file again.",
      "Only for the user that runs ferry serve, and root, on the same machine."
    })
final class ExportsCommand extends AdminCommand {
  @Option(names = "--reload", description = "Read the exports of the server's --config file again.")
  private boolean reload;

  ExportsCommand() {
    super("exports");
  }

  @Override
  Task task() {
    return reload ? change("--reload", this::reload) : this::list;
  }

  private int list(AdminClient client) throws IOException {
    List<ExportStatus> exports = client.exports();
    Optional<Map<String, ExportProblem>> problems = client.exportProblems();
    if (isJson()) {
      exports.forEach(one -> console.line(Json.object(ExportsTable.fields(one, problems))));
    } else {
      ExportsTable.lines(exports, problems).forEach(console::line);
      problems.ifPresent(known -> ExportsTable.notes(exports, known).forEach(console::note));
    }
    return ExitCode.OK;
  }

  private int reload(AdminClient client) throws IOException {
    ReloadReport report = client.reloadExports();
    if (report.isDone()) {
      report.lines().forEach(line -> console.line(Printable.name(line)));
      return ExitCode.OK;
    }
    console.error("nothing was changed");
    report.lines().forEach(line -> console.note(Printable.name(line)));
    return ExitCode.FAILED;
  }
}
