package io.ferrynfs.cli;

import io.ferrynfs.cli.admin.AdminClient;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.server.CopyStatus;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

@CommandLine.Command(
    name = "copies",
    description = {
      "Show the copies that a server makes for its clients, or cancel one.",
      "Only for the user that runs ferry serve, and root, on the same machine."
    })
final class CopiesCommand extends AdminCommand {
  @Option(
      names = "--cancel",
      paramLabel = "ID",
      description = "Cancel this copy. Its client receives the number of bytes copied.")
  private @Nullable Long cancel;

  CopiesCommand() {
    super("copies");
  }

  @Override
  Task task() {
    if (cancel == null) {
      return this::list;
    }
    long id = cancel;
    return change("--cancel", client -> cancel(client, id));
  }

  private int list(AdminClient client) throws IOException {
    List<CopyStatus> copies = client.copies();
    if (isJson()) {
      copies.forEach(copy -> console.line(Json.object(CopiesTable.fields(copy))));
    } else if (copies.isEmpty()) {
      console.note("no copies");
    } else {
      CopiesTable.lines(copies).forEach(console::line);
    }
    return ExitCode.OK;
  }

  private int cancel(AdminClient client, long id) throws IOException {
    if (!client.cancel(id)) {
      console.error("there is no copy " + id + "; it may have completed");
      return ExitCode.FAILED;
    }
    console.line("cancelled copy " + id);
    return ExitCode.OK;
  }
}
