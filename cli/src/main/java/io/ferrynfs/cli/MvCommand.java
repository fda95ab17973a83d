package io.ferrynfs.cli;

import io.ferrynfs.cli.CopyOptions.Told;
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
      "By a rename inside one server or file system, else by a copy, after which",
      "the source is removed if all of it was copied."
    })
final class MvCommand extends PlaceCommand {
  @Mixin private CopyOptions options = new CopyOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "PLACE",
      description = "The sources, and last the target.")
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
      Told told = copied[0] ? Told.OUT : Told.FAILURES;
      options.tell(console, report, Machine.nanoTime() - start, told);
    }
    return report.exitCode();
  }

  /** Returns whether it was copied, and not only renamed. */
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
    FileInfo there = end.infoIfPresent();
    FileInfo info = source.info();
    if (there != null && there.isSameFile(info)) {
      // rename(2) of one file onto another name of it does nothing, and would seem to have moved
      // it.
      throw new IOException("and " + end.shown() + " are the same file");
    }
    report.made().checkOverwrites(end, there);
    try {
      source.renameTo(end);
      report.made().add(end, info);
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

  /** What a rename would not replace is not merged into by a copy either. */
  private static void checkFree(Place source, Place end) throws IOException {
    FileInfo there = end.infoIfPresent();
    if (there == null || !there.isDirectory() || !source.info().isDirectory()) {
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
    checkFree(source, end);
    long failuresBefore = report.failureCount();
    long changedBefore = report.changedCount();
    TreeCopy copy = options.copy(console, waits(), settings, report, source, end);
    if (report.failureCount() > failuresBefore || report.running().isStopped()) {
      console.note("ferry: not all of it could be copied, so nothing was removed");
      return;
    }
    if (report.changedCount() > changedBefore) {
      console.note("ferry: some of it changed while it was copied, so nothing was removed");
      return;
    }
    new Removal(report::failed, copy::hasCopied).remove(source, source.info());
  }
}
