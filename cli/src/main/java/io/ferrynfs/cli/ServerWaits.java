package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.client.NfsWaiting;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The servers for which the command is waiting. Safe for use by several threads. */
final class ServerWaits {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private final Map<String, NfsWaiting> waits = new TreeMap<>();

  /**
   * Records a change of state.
   *
   * @return a line for the user; empty if it was already printed
   */
  synchronized String record(NfsWaiting wait) {
    if (wait.isOver()) {
      NfsWaiting before = waits.remove(wait.server());
      return before == null ? "" : "no longer waiting for " + Printable.name(wait.server());
    }
    NfsWaiting before = waits.put(wait.server(), wait);
    return before != null && before.reason().equals(wait.reason()) ? "" : line(wait);
  }

  private static String line(NfsWaiting wait) {
    return "waiting for "
        + Printable.name(wait.server())
        + " since "
        + TIME.format(wait.since().atZone(ZoneId.systemDefault()))
        + ": "
        + Printable.line(wait.reason());
  }

  /** Returns the text for the progress line; empty if the command waits for no server. */
  synchronized String text(Instant now) {
    return waits.values().stream()
        .map(wait ->
            "waiting for "
                + Printable.name(wait.server())
                + " since "
                + TIME.format(wait.since().atZone(ZoneId.systemDefault()))
                + " ("
                + Units.clock(Math.max(0, Duration.between(wait.since(), now).toSeconds()))
                + ")")
        .collect(Collectors.joining(", "));
  }
}
