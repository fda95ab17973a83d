package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.Places;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(name = "mkdir", description = "Make directories.")
final class MkdirCommand extends PlaceCommand {
  @Option(names = "-p", description = "With the parents; no error where the directory is there.")
  private boolean parents;

  @Option(
      names = "-m",
      paramLabel = "MODE",
      description = "Permission bits in octal (777 without those of the umask).")
  private @Nullable String mode;

  @Parameters(
      arity = "1..*",
      paramLabel = "PLACE",
      description = "nfs://host[:port]/path, or a path.")
  private List<String> places = List.of();

  @Override
  public Integer call() {
    int bits = mode == null ? 0777 & ~Machine.umask() : OctalMode.parse(mode);
    try (Places all = places()) {
      return forEach(all, places, (_, place) -> make(place, bits));
    }
  }

  private void make(Place place, int bits) throws IOException {
    FileInfo there = parents ? place.infoIfPresent() : null;
    if (there != null && there.isDirectory()) {
      return;
    }
    Place parent = place.parent();
    if (parents && !parent.equals(place)) {
      // As mkdir(1): it must be possible to make the next one in it.
      make(parent, (0777 & ~Machine.umask()) | 0300);
    }
    place.makeDirectory(bits);
  }
}
