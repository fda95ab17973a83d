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
 * What the commands on files share: places given as text, going on after one of them failed, and
 * waiting for servers that are away.
 */
abstract class PlaceCommand extends Command {
  private static final String FOREVER = "forever";

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "How long to wait for a server that went away, or 'forever' (${DEFAULT-VALUE}).")
  private String wait = "60";

  private final Waits waits = new Waits();

  /** What a command does with one place, and the text by which the user named it. */
  interface Action {
    void on(String text, Place place) throws IOException;
  }

  /** The servers that this command waits for at the moment. */
  final Waits waits() {
    return waits;
  }

  /** The places of this command, to be closed. */
  final Places places() {
    return places(true);
  }

  /**
   * Likewise.
   *
   * @param told whether waiting is told in lines of its own, because no progress line does
   */
  final Places places(boolean told) {
    NfsClientBuilder settings =
        NfsClient.builder()
            .onWaiting(state -> {
              String line = waits.told(state);
              if (told && !line.isEmpty()) {
                console.note("ferry: " + line);
              }
            });
    return new Places(
        wait.equals(FOREVER) ? settings.waitForever() : settings.progressTimeout(patience()));
  }

  private Duration patience() {
    try {
      int seconds = Integer.parseInt(wait);
      if (seconds > 0) {
        return Duration.ofSeconds(seconds);
      }
    } catch (NumberFormatException notANumber) {
      // Falls through: the message is the same.
    }
    throw new IllegalArgumentException(
        "--wait is a number of seconds above 0, or forever, not " + Printable.name(wait));
  }

  /** Does it for each place in turn; one that fails is reported and the others are still done. */
  final int forEach(Places places, List<String> texts, Action action) {
    // A wrong word anywhere is told before anything is done.
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
        exit = Math.max(exit, Errors.exitCode(e));
      } finally {
        if (place != null) {
          places.release(place);
        }
      }
    }
    return exit;
  }
}
