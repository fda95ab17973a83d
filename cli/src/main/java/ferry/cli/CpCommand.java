package ferry.cli;

import ferry.cli.base.Machine;
import ferry.cli.copy.CopyReport;
import ferry.cli.copy.CopySettings;
import ferry.cli.copy.TreeCopy;
import ferry.cli.place.Place;
import ferry.cli.place.Places;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    name = "cp",
    description = {
      "Copy files and, with -r, directories.",
      "Between servers and local paths in any mix.",
      "Modes, times, extended attributes, symbolic links, hard links and holes are kept,",
      "and owners where allowed."
    })
final class CpCommand extends Command {
  @Option(
      names = {"-r", "-R"},
      description = "Directories with all that is in them.")
  private boolean recursive;

  @Option(names = "--no-preserve", description = "Leave modes, times, extended attributes and owners as for new files.")
  private boolean noPreserve;

  @Mixin private CopyOptions options = new CopyOptions();

  @Parameters(
      arity = "2..*",
      paramLabel = "PLACE",
      description = "The sources, and last the target.")
  private List<String> texts = List.of();

  @Override
  public Integer call() throws IOException {
    CopySettings settings = options.settings(recursive, !noPreserve);
    CopyReport report = new CopyReport();
    long start = Machine.nanoTime();
    int exit;
    try (Interruption _ = new Interruption(console, report.running())) {
      exit = copyAll(settings, report);
      options.tell(console, report, Machine.nanoTime() - start);
    }
    return options.exitCode(exit, report);
  }

  private int copyAll(CopySettings settings, CopyReport report) throws IOException {
    try (Places places = new Places()) {
      Place target = places.of(texts.getLast());
      List<String> sources = texts.subList(0, texts.size() - 1);
      return forEach(
          places,
          sources,
          given -> {
            if (report.running().isStopped()) {
              return;
            }
            Place source = recursive ? given : given.followed();
            Place end = CopyOptions.destination(given, target, sources.size() > 1);
            if (TreeCopy.wouldContainItself(source, end)) {
              throw new IOException("cannot be copied into itself, " + end.shown());
            }
            options.copy(console, settings, report, source, end);
          });
    }
  }
}
