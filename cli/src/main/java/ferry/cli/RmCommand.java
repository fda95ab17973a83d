package ferry.cli;

import ferry.cli.place.FileInfo;
import ferry.cli.place.Place;
import ferry.cli.place.Places;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(name = "rm", description = "Remove files and, with -r, directories.")
final class RmCommand extends Command {
  @Option(
      names = {"-r", "-R"},
      description = "Directories with all that is in them.")
  private boolean recursive;

  @Option(names = "-f", description = "No error where nothing is there.")
  private boolean force;

  @Parameters(
      arity = "1..*",
      paramLabel = "PLACE",
      description = "nfs://host[:port]/path, or a path.")
  private List<String> places = List.of();

  @Override
  public Integer call() {
    try (Places all = new Places()) {
      return forEach(all, places, this::removeGiven);
    }
  }

  private void removeGiven(Place place) throws IOException {
    FileInfo info = force ? place.infoIfPresent() : place.info();
    if (info == null) {
      return;
    }
    if (info.isDirectory() && !recursive) {
      throw new IOException("is a directory; remove it with -r");
    }
    if (place.nameBytes().length == 0) {
      throw new IOException("is a root and is not removed");
    }
    remove(place, info);
  }

  /** Also for {@code mv} between servers, once the copy is complete. */
  static void remove(Place place, FileInfo info) throws IOException {
    if (info.isDirectory()) {
      List<Place.Entry> children;
      try (Stream<Place.Entry> entries = place.list()) {
        children = entries.toList();
      }
      for (Place.Entry child : children) {
        remove(child.place(), child.info());
      }
    }
    place.remove();
  }
}
