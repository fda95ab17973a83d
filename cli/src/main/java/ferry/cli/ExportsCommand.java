package ferry.cli;

import ferry.cli.admin.AdminClient;
import ferry.cli.admin.AdminFolder;
import ferry.cli.admin.AdminLookup;
import ferry.cli.admin.ExportStatus;
import ferry.cli.admin.ReloadReport;
import ferry.cli.base.ExitCode;
import ferry.client.NfsUrl;
import ferry.rpc.env.SystemEnv;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    name = "exports",
    description = {
      "Show what a server exports to whom, or have it read its --config file again.",
      "For the user who runs ferry serve, and root, on the same machine."
    })
final class ExportsCommand extends Command {
  /** Calls are small; only the answers need room. */
  private static final long RECEIVE_BYTES_MAX = 8 << 20;

  @Option(
      names = "--reload",
      description = "Take the exports of the server's --config file as it is now.")
  private boolean reload;

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
          "exports are a server's, not a path's: nfs://host[:port], not " + server);
    }
    if (reload && json) {
      throw new IllegalArgumentException("--json is for the list, not for --reload");
    }
    List<AdminFolder> folders =
        folder == null ? AdminFolder.known() : List.of(AdminFolder.toLookIn(folder));
    try (SystemEnv env = new SystemEnv(RECEIVE_BYTES_MAX);
        AdminClient client = AdminLookup.connect(env, url, folders)) {
      return reload ? reload(client) : list(client);
    }
  }

  private int list(AdminClient client) throws IOException {
    List<ExportStatus> exports = client.exports();
    if (json) {
      exports.forEach(one -> console.line(Json.object(ExportsTable.fields(one))));
    } else {
      ExportsTable.lines(exports).forEach(console::line);
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
