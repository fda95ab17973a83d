package ferry.cli;

import ferry.cli.admin.AdminClient;
import ferry.cli.admin.AdminFolder;
import ferry.cli.admin.AdminLookup;
import ferry.cli.base.ExitCode;
import ferry.client.NfsUrl;
import ferry.rpc.env.SystemEnv;
import ferry.server.offload.CopyStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    name = "copies",
    description = {
      "Show the copies that a server is making for its clients, or end one.",
      "For the user who runs ferry serve, and root, on the same machine."
    })
final class CopiesCommand extends Command {
  /** Calls are small; only the answers need room. */
  private static final long RECEIVE_BYTES_MAX = 8 << 20;

  @Option(
      names = "--cancel",
      paramLabel = "ID",
      description = "End this copy; its client is told how far it came.")
  private @Nullable Long cancel;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Option(
      names = "--admin",
      paramLabel = "DIR",
      description = "Where the server was told to put its socket.")
  private @Nullable Path folder;

  @Parameters(paramLabel = "SERVER", description = "nfs://host[:port]")
  private String server = "";

  @Override
  public Integer call() throws IOException {
    NfsUrl url = NfsUrl.parse(server);
    if (!url.path().isRoot()) {
      throw new IllegalArgumentException(
          "copies are a server's, not a path's: nfs://host[:port], not " + server);
    }
    if (cancel != null && json) {
      throw new IllegalArgumentException("--json is for the list, not for --cancel");
    }
    List<AdminFolder> folders =
        folder == null ? AdminFolder.known() : List.of(AdminFolder.toLookIn(folder));
    try (SystemEnv env = new SystemEnv(RECEIVE_BYTES_MAX);
        AdminClient client = AdminLookup.connect(env, url, folders)) {
      return cancel == null ? list(client) : cancel(client, cancel);
    }
  }

  private int list(AdminClient client) throws IOException {
    List<CopyStatus> copies = client.copies();
    if (json) {
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
      console.error("there is no copy " + id + "; it may have ended by itself");
      return ExitCode.FAILED;
    }
    console.line("ended copy " + id);
    return ExitCode.OK;
  }
}
