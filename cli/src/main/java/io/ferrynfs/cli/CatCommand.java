package io.ferrynfs.cli;

import io.ferrynfs.cli.place.Places;
import java.io.InputStream;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

@CommandLine.Command(name = "cat", description = "Write files to standard output.")
final class CatCommand extends PlaceCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "nfs://host[:port]/path, or a path.")
  private List<String> files = List.of();

  @Override
  public Integer call() {
    try (Places all = places()) {
      return forEach(
          all,
          files,
          (_, place) -> {
            try (InputStream in = place.followed().read()) {
              console.copy(in);
            }
          });
    }
  }
}
