package ferry.cli;

import ferry.cli.base.Console;
import ferry.cli.base.ExitCode;
import ferry.cli.base.Printable;
import ferry.cli.place.Place;
import ferry.cli.place.Places;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What the commands share: places given as text, and going on after one of them failed. */
abstract class Command implements Callable<Integer> {
  @Option(names = "--help", usageHelp = true, description = "Show this help.")
  @SuppressWarnings("UnusedVariable")
  private boolean help;

  final Console console = Console.ofProcess();

  /** What a command does with one place, and the text by which the user named it. */
  interface Action {
    void on(String text, Place place) throws IOException;
  }

  /** Does it for each place in turn; one that fails is reported and the others are still done. */
  int forEach(Places places, List<String> texts, Action action) {
    int exit = ExitCode.OK;
    for (String text : texts) {
      Place place = null;
      try {
        place = places.of(text);
        action.on(text, place);
      } catch (IOException e) {
        console.error(place == null ? Printable.name(text) : place.shown(), e);
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
