package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.server.ClientStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Formats the clients of a server, as a table and for {@code --json}. */
final class ClientsTable {
  private static final List<String> TITLES =
      List.of(
          "id",
          "state",
          "silent",
          "sessions",
          "opens",
          "locks",
          "delegations",
          "copies",
          "address",
          "name");

  private static final List<String> TEXTS = List.of("id", "state", "address", "name");

  private ClientsTable() {}

  /** Returns a header and a line for each client. */
  static List<String> lines(List<ClientStatus> clients) {
    return Columns.lines(TITLES, TEXTS, clients.stream().map(ClientsTable::row).toList());
  }

  /** Formats a clientid as {@code --expire} accepts it. */
  static String id(long clientid) {
    return String.format(Locale.ROOT, "%016x", clientid);
  }

  private static List<String> row(ClientStatus client) {
    return List.of(
        id(client.clientid()),
        state(client),
        Units.clock(client.silent().toSeconds()),
        String.valueOf(client.sessions()),
        String.valueOf(client.holds().opens()),
        String.valueOf(client.holds().locks()),
        String.valueOf(client.holds().delegations()),
        String.valueOf(client.holds().copies()),
        client.address().isEmpty() ? "-" : Printable.name(client.address()),
        Printable.name(client.name()));
  }

  private static String state(ClientStatus client) {
    return client.state().name().toLowerCase(Locale.ROOT);
  }

  /** Returns the fields of a client for {@code --json}. */
  static Map<String, Object> fields(ClientStatus client) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", id(client.clientid()));
    fields.put("state", state(client));
    fields.put("name", client.name());
    fields.put("address", client.address());
    fields.put("silentSeconds", client.silent().toNanos() / 1e9);
    fields.put("sessions", client.sessions());
    fields.put("opens", client.holds().opens());
    fields.put("locks", client.holds().locks());
    fields.put("delegations", client.holds().delegations());
    fields.put("copies", client.holds().copies());
    return fields;
  }
}
