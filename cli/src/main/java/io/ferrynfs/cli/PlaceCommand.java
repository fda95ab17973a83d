package io.ferrynfs.cli;

import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.place.Notation;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.Places;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsClientBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * The base class of the commands on files. A command continues with the next place after a failure.
 */
abstract class PlaceCommand extends Command {
  private static final String FOREVER = "forever";

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for an unreachable server, or 'forever' (${DEFAULT-VALUE}).")
  private String wait = "60";

  private final ServerWaits waits = new ServerWaits();

  /** An operation on one place. */
  interface Action {
    void on(String text, Place place) throws IOException;
  }

  /** Returns the servers for which this command is waiting. */
  final ServerWaits waits() {
    return waits;
  }

  /** Returns the places of this command, which must be closed. */
  final Places places() {
    return places(true);
  }

  /**
   * Returns the places of this command, which must be closed.
   *
   * @param printsWaits whether to print a line when a server becomes unreachable, because there is
   *     no progress line
   */
  final Places places(boolean printsWaits) {
    NfsClientBuilder settings =
        NfsClient.builder()
            .onWaiting(state -> {
              String line = waits.record(state);
              if (printsWaits && !line.isEmpty()) {
                console.note("ferry: " + line);
              }
            });
    return new Places(
        wait.equals(FOREVER) ? settings.waitForever() : settings.progressTimeout(waitTime()));
  }

  private Duration waitTime() {
    try {
      int seconds = Integer.parseInt(wait);
      if (seconds > 0) {
        return Duration.ofSeconds(seconds);
      }
    } catch (NumberFormatException notANumber) {
      // Falls through: the message is the same.
    }
    throw new IllegalArgumentException(
        "--wait must be a positive number of seconds, or forever, not " + Printable.name(wait));
  }

  /** Runs an operation for each place. A failure is reported, and the next place follows. */
  final int forEach(Places places, List<String> texts, Action action) {
    // Report errors of notation before anything is done.
    texts.forEach(Notation::url);
    int exit = ExitCode.OK;
    for (String text : texts) {
      Place place = null;
      try {
        place = places.of(text);
        Notation.checkSlash(text, place);
        action.on(text, place);
      } catch (IOException e) {
        console.error(Notation.shown(text, place), e);
        exit = Math.max(exit, ExitCode.of(e));
      } finally {
        if (place != null) {
          places.release(place);
        }
      }
    }
    return exit;
  }
}
