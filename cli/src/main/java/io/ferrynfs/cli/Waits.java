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

/** The servers that the command waits for at the moment. Safe for use by several threads. */
final class Waits {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private final Map<String, NfsWaiting> waits = new TreeMap<>();

  /**
   * Takes down what a client says.
   *
   * @return a line that tells a person, empty where the person was told already
   */
  synchronized String told(NfsWaiting wait) {
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

  /** For the progress line: whom it waits for and how long; empty where for nobody. */
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
