package ferry.cli;

import ferry.cli.base.Console;
import ferry.cli.base.ExitCode;
import ferry.cli.place.Place;
import ferry.cli.place.Places;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What the commands share: places given as text, and going on after one of them failed. */
abstract class Command implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable")
  private boolean help;

  final Console console = Console.ofProcess();

  /** What a command does with one place. */
  interface Action {
    void on(Place place) throws IOException;
  }

  /** Does it for each place in turn; one that fails is reported and the others are still done. */
  int forEach(Places places, List<String> texts, Action action) {
    int exit = ExitCode.OK;
    for (String text : texts) {
      try {
        action.on(places.of(text));
      } catch (IOException e) {
        console.error(text, e);
        exit = Math.max(exit, Errors.exitCode(e));
      }
    }
    return exit;
  }
}
