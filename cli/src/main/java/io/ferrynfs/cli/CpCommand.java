package io.ferrynfs.cli;

import io.ferrynfs.cli.CopyOptions.Told;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.copy.CopyReport;
import io.ferrynfs.cli.copy.CopySettings;
import io.ferrynfs.cli.copy.TreeCopy;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.Places;
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
      "Modes, times, extended attributes, symbolic links, hard links and holes are",
      "kept, and owners where allowed."
    })
final class CpCommand extends PlaceCommand {
  @Option(
      names = {"-r", "-R"},
      description = "Directories with all that is in them.")
  private boolean recursive;

  @Option(
      names = "--no-preserve",
      description = "Leave modes, times, extended attributes and owners as for new files.")
  private boolean noPreserve;

  @Mixin private CopyOptions options = new CopyOptions();

  @Option(
      names = {"-T", "--no-target-directory"},
      description = "The target is the copy itself, also where it is a directory: merge into it.")
  private boolean noTargetDirectory;

  @Parameters(
      arity = "1..*",
      paramLabel = "PLACE",
      description = "The sources, and last the target. SOURCE/. copies what is in SOURCE.")
  private List<String> texts = List.of();

  @Override
  public Integer call() throws IOException {
    if (noTargetDirectory && texts.size() > 2) {
      throw new IllegalArgumentException("with -T there is one source and one target");
    }
    CopySettings settings = options.settings(recursive, !noPreserve);
    CopyReport report = new CopyReport();
    long start = Machine.nanoTime();
    try (Interruption _ = new Interruption(console, report.running());
        Places places = places(!options.showsProgress(console))) {
      boolean[] toOutput = {false};
      try {
        Targets targets = Targets.of(places, texts, noTargetDirectory);
        toOutput[0] = targets.isStandardOutput();
        targets.forEach(report, (_, source, end) -> copy(settings, report, source, end));
      } catch (IOException e) {
        report.failed(Printable.name(texts.getLast()), e);
      }
      options.tell(console, report, Machine.nanoTime() - start, toOutput[0] ? Told.ERR : Told.OUT);
    }
    return report.exitCode();
  }

  private void copy(CopySettings settings, CopyReport report, Place given, Place end)
      throws IOException {
    Place source = recursive ? given : given.followed();
    if (TreeCopy.wouldContainItself(source, end)) {
      throw new IOException("cannot be copied into itself, " + end.shown());
    }
    options.copy(console, waits(), settings, report, source, end);
  }
}
