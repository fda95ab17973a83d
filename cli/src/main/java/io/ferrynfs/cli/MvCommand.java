package io.ferrynfs.cli;

import io.ferrynfs.cli.CopyOptions.ReportTarget;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.copy.CopyReport;
import io.ferrynfs.cli.copy.CopySettings;
import io.ferrynfs.cli.copy.TreeCopy;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Listing;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.Places;
import io.ferrynfs.client.NfsException;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    name = "mv",
    description = {
      "Move files and directories.",
      "Renames inside one server or file system. Otherwise copies, then removes the",
      "source if everything was copied."
    })
final class MvCommand extends PlaceCommand {
  @Mixin private CopyOptions options = new CopyOptions();

  @Parameters(arity = "1..*", paramLabel = "PLACE", description = "The sources, then the target.")
  private List<String> texts = List.of();

  @Override
  public Integer call() throws IOException {
    CopySettings settings = options.settings(true, true);
    CopyReport report = new CopyReport();
    boolean[] copied = {false};
    long start = Machine.nanoTime();
    try (Interruption _ = new Interruption(console, report.running());
        Places places = places(!options.showsProgress(console))) {
      try {
        Targets targets = Targets.of(places, texts, false);
        targets.forEach(
            report, (text, source, end) -> copied[0] |= move(settings, report, text, source, end));
      } catch (IOException e) {
        report.failed(Printable.name(texts.getLast()), e);
      }
      ReportTarget target = copied[0] ? ReportTarget.STANDARD_OUTPUT : ReportTarget.FAILURES_ONLY;
      options.printReport(console, report, Machine.nanoTime() - start, target);
    }
    return report.exitCode();
  }

  /** Moves a source. Returns whether it was copied, not renamed. */
  private boolean move(
      CopySettings settings, CopyReport report, String text, Place source, Place end)
      throws IOException {
    Removal.checkGiven(text, source);
    if (TreeCopy.wouldContainItself(source, end)) {
      throw new IOException("cannot be moved into itself, " + end.shown());
    }
    if (renamed(report, source, end)) {
      return false;
    }
    copyAndRemove(settings, report, source, end);
    return true;
  }

  private static boolean renamed(CopyReport report, Place source, Place end) throws IOException {
    if (!source.sameTree(end)) {
      return false;
    }
    FileInfo existing = end.infoIfPresent();
    FileInfo info = source.info();
    if (existing != null && existing.isSameFile(info)) {
      // rename(2) does nothing if both names are hard links to one file, which would look like
      // success.
      throw new IOException("and " + end.shown() + " are the same file");
    }
    report.created().checkOverwrites(end, existing);
    try {
      source.renameTo(end);
      report.created().add(end, info);
      return true;
    } catch (AtomicMoveNotSupportedException otherFileSystem) {
      return false;
    } catch (NfsException e) {
      if (e.is(NfsException.Reason.CROSS_DEVICE)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Checks that the target is not a directory with entries, which rename(2) would not replace
   * either.
   */
  private static void checkReplaceable(Place source, Place end) throws IOException {
    FileInfo existing = end.infoIfPresent();
    if (existing == null || !existing.isDirectory() || !source.info().isDirectory()) {
      return;
    }
    try (Listing entries = end.list()) {
      if (entries.next() != null) {
        throw new IOException("cannot replace " + end.shown() + ", a directory that is not empty");
      }
    }
  }

  private void copyAndRemove(CopySettings settings, CopyReport report, Place source, Place end)
      throws IOException {
    checkReplaceable(source, end);
    long failuresBefore = report.failureCount();
    long changedBefore = report.changedCount();
    TreeCopy copy = options.copy(console, waits(), settings, report, source, end);
    if (report.failureCount() > failuresBefore || report.running().isStopped()) {
      console.note("ferry: not everything was copied, so nothing was removed");
      return;
    }
    if (report.changedCount() > changedBefore) {
      console.note("ferry: the source changed while it was copied, so nothing was removed");
      return;
    }
    new Removal(report::failed, copy::hasCopied).remove(source, source.info());
  }
}
