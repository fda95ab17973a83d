package io.ferrynfs.cli;

import io.ferrynfs.cli.CopyOptions.ReportTarget;
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
      "Between servers and local paths in any combination.",
      "Modes, times, extended attributes, symbolic links, hard links and holes are",
      "kept, and owners where allowed."
    })
final class CpCommand extends PlaceCommand {
  @Option(
      names = {"-r", "-R"},
      description = "Copy directories and their content.")
  private boolean recursive;

  @Option(
      names = "--no-preserve",
      description = "Do not keep modes, times, extended attributes and owners.")
  private boolean noPreserve;

  @Mixin private CopyOptions options = new CopyOptions();

  @Option(
      names = {"-T", "--no-target-directory"},
      description = "Treat the target as the copy itself; merge into an existing directory.")
  private boolean noTargetDirectory;

  @Parameters(
      arity = "1..*",
      paramLabel = "PLACE",
      description = "The sources, then the target. SOURCE/. copies the content of SOURCE.")
  private List<String> texts = List.of();

  @Override
  public Integer call() throws IOException {
    if (noTargetDirectory && texts.size() > 2) {
      throw new IllegalArgumentException("-T needs exactly one source and one target");
    }
    CopySettings settings = options.settings(recursive, !noPreserve);
    CopyReport report = new CopyReport();
    long start = Machine.nanoTime();
    try (Interruption _ = new Interruption(console, report.running());
        Places places = places(!options.showsProgress(console))) {
      boolean[] isOutput = {false};
      try {
        Targets targets = Targets.of(places, texts, noTargetDirectory);
        isOutput[0] = targets.isStandardOutput();
        targets.forEach(report, (_, source, end) -> copy(settings, report, source, end));
      } catch (IOException e) {
        report.failed(Printable.name(texts.getLast()), e);
      }
      options.printReport(
          console,
          report,
          Machine.nanoTime() - start,
          isOutput[0] ? ReportTarget.STANDARD_ERROR : ReportTarget.STANDARD_OUTPUT);
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
