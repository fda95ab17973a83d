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

@CommandLine.Command(name = "mkdir", description = "Create directories.")
final class MkdirCommand extends PlaceCommand {
  @Option(
      names = "-p",
      description = "Create parent directories; no error if the directory exists.")
  private boolean parents;

  @Option(
      names = "-m",
      paramLabel = "MODE",
      description = "Permission bits in octal (default: 777 minus the umask).")
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
    FileInfo existing = parents ? place.infoIfPresent() : null;
    if (existing != null && existing.isDirectory()) {
      return;
    }
    Place parent = place.parent();
    if (parents && !parent.equals(place)) {
      // As with mkdir(1), the owner must be able to create the next directory in it.
      make(parent, (0777 & ~Machine.umask()) | 0300);
    }
    place.makeDirectory(bits);
  }
}
