package io.ferrynfs.cli;

import io.ferrynfs.cli.admin.AdminClient;
import io.ferrynfs.cli.base.ExitCode;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import picocli.CommandLine;

@CommandLine.Command(
    name = "stats",
    description = {
      "Show the counters of a server since its start: operations, and bytes by path.",
      "Only for the user that runs ferry serve, and root, on the same machine."
    })
final class StatsCommand extends AdminCommand {
  StatsCommand() {
    super("statistics");
  }

  @Override
  Task task() {
    return this::show;
  }

  private int show(AdminClient client) throws IOException {
    Optional<SortedMap<String, Long>> counters = client.counters();
    if (counters.isEmpty()) {
      console.error("the server is too old to have counters");
      return ExitCode.FAILED;
    }
    if (isJson()) {
      console.line(Json.object(counters.get()));
    } else {
      StatsTable.lines(counters.get()).forEach(console::line);
    }
    return ExitCode.OK;
  }
}
