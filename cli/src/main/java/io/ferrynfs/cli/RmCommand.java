package io.ferrynfs.cli;

import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.Places;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(name = "rm", description = "Remove files and, with -r, directories.")
final class RmCommand extends PlaceCommand {
  @Option(
      names = {"-r", "-R"},
      description = "Remove directories and their content.")
  private boolean recursive;

  @Option(names = "-f", description = "No error if a place does not exist.")
  private boolean force;

  @Parameters(
      arity = "0..*",
      paramLabel = "PLACE",
      description = "nfs://host[:port]/path, or a path.")
  private List<String> places = List.of();

  @Override
  public Integer call() {
    if (places.isEmpty() && !force) {
      throw new IllegalArgumentException("specify at least one place to remove");
    }
    boolean[] all = {true};
    try (Places of = places()) {
      int exit = forEach(of, places, (text, place) -> all[0] &= removeGiven(text, place));
      return Math.max(exit, all[0] ? ExitCode.OK : ExitCode.FAILED);
    }
  }

  /** Removes a place. Returns whether everything was removed. */
  private boolean removeGiven(String text, Place place) throws IOException {
    FileInfo info = force ? place.infoIfPresent() : place.info();
    if (info == null) {
      return true;
    }
    if (info.isDirectory() && !recursive) {
      throw new IOException("is a directory; remove it with -r");
    }
    Removal.checkGiven(text, place);
    boolean[] all = {true};
    Removal removal =
        new Removal(
            (shown, why) -> {
              all[0] = false;
              console.error(shown, why);
            },
            (_, _) -> true);
    removal.remove(place, info);
    return all[0];
  }
}
