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
      "Show what a server has done since it started: operations, and bytes by the way they took.",
      "For the user who runs ferry serve, and root, on the same machine."
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
      console.error("this server is of an older Ferry, which does not count");
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
