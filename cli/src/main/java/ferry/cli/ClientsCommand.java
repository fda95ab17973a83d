package ferry.cli;

import ferry.cli.admin.AdminClient;
import ferry.cli.admin.AdminFolder;
import ferry.cli.admin.AdminLookup;
import ferry.cli.base.ExitCode;
import ferry.client.NfsUrl;
import ferry.rpc.env.SystemEnv;
import ferry.server.session.ClientStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    name = "clients",
    description = {
      "Show the clients of a server and what they hold, or end one.",
      "For the user who runs ferry serve, and root, on the same machine."
    })
final class ClientsCommand extends Command {
  /** Calls are small; only the answers need room. */
  private static final long RECEIVE_BYTES_MAX = 8 << 20;

  private static final int HEX = 16;

  @Option(
      names = "--expire",
      paramLabel = "ID",
      description = "End this client; what it holds is free for others.")
  private @Nullable String expire;

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
          "clients are a server's, not a path's: nfs://host[:port], not " + server);
    }
    if (expire != null && json) {
      throw new IllegalArgumentException("--json is for the list, not for --expire");
    }
    Long ended = expire == null ? null : clientid(expire);
    List<AdminFolder> folders =
        folder == null ? AdminFolder.known() : List.of(AdminFolder.toLookIn(folder));
    try (SystemEnv env = new SystemEnv(RECEIVE_BYTES_MAX);
        AdminClient client = AdminLookup.connect(env, url, folders)) {
      return ended == null ? list(client) : expire(client, ended);
    }
  }

  private static long clientid(String text) {
    try {
      return Long.parseUnsignedLong(text, HEX);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no client's id, as ferry clients shows it: " + text, e);
    }
  }

  private int list(AdminClient client) throws IOException {
    List<ClientStatus> clients = client.clients();
    if (json) {
      clients.forEach(one -> console.line(Json.object(ClientsTable.fields(one))));
    } else if (clients.isEmpty()) {
      console.note("no clients");
    } else {
      ClientsTable.lines(clients).forEach(console::line);
    }
    return ExitCode.OK;
  }

  private int expire(AdminClient client, long clientid) throws IOException {
    String id = ClientsTable.id(clientid);
    if (!client.expire(clientid)) {
      console.error("there is no client " + id + "; it may have gone by itself");
      return ExitCode.FAILED;
    }
    console.line("ended client " + id);
    return ExitCode.OK;
  }
}
