package io.ferrynfs.cli;

import io.ferrynfs.cli.admin.AdminClient;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.server.ClientStatus;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

@CommandLine.Command(
    name = "clients",
    description = {
      "Show the clients of a server and their state, or expire one.",
      "Only for the user that runs ferry serve, and root, on the same machine."
    })
final class ClientsCommand extends AdminCommand {
  private static final int HEX = 16;

  @Option(
      names = "--expire",
      paramLabel = "ID",
      description = "Expire this client and release its state.")
  private @Nullable String expire;

  ClientsCommand() {
    super("clients");
  }

  @Override
  Task task() {
    if (expire == null) {
      return this::list;
    }
    long clientid = clientid(expire);
    return change("--expire", client -> expire(client, clientid));
  }

  private static long clientid(String text) {
    try {
      return Long.parseUnsignedLong(text, HEX);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a client id as shown by ferry clients: " + text, e);
    }
  }

  private int list(AdminClient client) throws IOException {
    List<ClientStatus> clients = client.clients();
    if (isJson()) {
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
      console.error("there is no client " + id + "; it may have expired");
      return ExitCode.FAILED;
    }
    console.line("expired client " + id);
    return ExitCode.OK;
  }
}
