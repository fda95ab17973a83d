package ferry.cli.copy;

import ferry.cli.base.Failures;
import ferry.cli.base.Machine;
import ferry.cli.base.Units;
import ferry.cli.place.FileInfo;
import ferry.cli.place.FileKind;
import ferry.cli.place.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies files and trees. One thread walks the source and makes directories and symbolic links;
 * several copy files. Further names of a file already copied become hard links when all files are
 * there, and directories get their modes and times last, deepest first: a time set earlier would be
 * changed again by what is put inside, and a mode without write permission would keep it out.
 *
 * <p>A failure is noted and the rest goes on, until the report's {@link RunningCopies} are stopped.
 */
public final class TreeCopy {
  private static final int WAITING_PER_JOB_MAX = 64;

  private record Directory(FileInfo source, Place target, Xattrs xattrs) {}

  /**
   * Where something goes.
   *
   * @param isFree whether nothing can be there: its directory was made for this copy
   */
  private record Goal(Place place, boolean isFree) {
    @Nullable FileInfo there() throws IOException {
      return isFree ? null : place.infoIfPresent();
    }
  }

  private record FurtherName(FileInfo source, Place target, Place first) {}

  private final CopySettings settings;
  private final CopyReport report;
  private final FileCopy files;
  private final List<Directory> directories = new ArrayList<>();
  private final Map<Object, Place> firstNames = new HashMap<>();
  private final List<FurtherName> furtherNames = new ArrayList<>();
  private final List<Future<?>> jobs = new ArrayList<>();

  public TreeCopy(CopySettings settings, CopyReport report) {
    this.settings = settings;
    this.report = report;
    this.files = new FileCopy(settings, report.running());
  }

  /** Copies {@code source} to become {@code target}, whose parent exists. */
  public void copy(Place source, Place target) {
    ExecutorService workers =
        Machine.workers("ferry-cp", settings.jobs(), settings.jobs() * WAITING_PER_JOB_MAX);
    try {
      attempt(source, () -> walk(source, source.info(), new Goal(target, false), workers));
      report.walkedAll();
      for (Future<?> job : jobs) {
        Waiting.on(job);
      }
    } catch (IOException e) {
      report.failed(source.shown() + ": " + Failures.text(e));
    } finally {
      workers.shutdownNow();
    }
    if (report.running().isStopped()) {
      return;
    }
    furtherNames.forEach(this::link);
    directories.reversed().forEach(this::finishDirectory);
  }

  private void walk(Place source, FileInfo info, Goal goal, ExecutorService workers)
      throws IOException {
    Place target = goal.place();
    switch (info.kind()) {
      case DIRECTORY -> walkDirectory(source, info, goal, workers);
      case REGULAR -> {
        report.found(info.sizeBytes());
        Place first = info.links() > 1 ? firstNames.putIfAbsent(info.identity(), target) : null;
        if (first != null) {
          furtherNames.add(new FurtherName(info, target, first));
        } else {
          submit(source, info, goal, workers);
        }
      }
      case SYMLINK -> {
        replaceable(target);
        target.makeSymlink(source.readSymlink());
        keepAttributes(info, target);
        report.madeSymlink();
      }
      case FIFO, SOCKET, BLOCK_DEVICE, CHARACTER_DEVICE -> {
        replaceable(target);
        target.makeSpecial(info);
        keepAttributes(info, target);
        report.madeSpecial();
      }
      case OTHER -> throw new IOException("is of a type that cannot be copied");
    }
  }

  private void walkDirectory(Place source, FileInfo info, Goal goal, ExecutorService workers)
      throws IOException {
    Place target = goal.place();
    if (!settings.recursive()) {
      throw new IOException("is a directory; copy it with -r");
    }
    FileInfo there = goal.there();
    if (there == null) {
      // Owner may write until all is inside.
      target.makeDirectory(info.mode() | 0700);
    } else if (!there.isDirectory()) {
      throw new IOException("cannot replace " + target.shown() + ", which is not a directory");
    }
    directories.add(new Directory(info, target, Xattrs.of(source, settings)));
    report.madeDirectory();
    try (Stream<Place.Entry> entries = source.list()) {
      for (Place.Entry entry : (Iterable<Place.Entry>) entries::iterator) {
        if (report.running().isStopped()) {
          return;
        }
        Goal child = new Goal(target.child(entry.place().nameBytes()), there == null);
        attempt(entry.place(), () -> walk(entry.place(), entry.info(), child, workers));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void submit(Place source, FileInfo info, Goal goal, ExecutorService workers) {
    jobs.add(workers.submit(() -> attempt(source, () -> copyFile(source, info, goal))));
    // Finished jobs are forgotten on the way, so that a tree of millions of files fits in memory.
    if (jobs.size() >= settings.jobs() * WAITING_PER_JOB_MAX * 2) {
      jobs.removeIf(Future::isDone);
    }
  }

  private void copyFile(Place source, FileInfo info, Goal goal) throws IOException {
    Place target = goal.place();
    FileInfo there = goal.there();
    if (there != null && there.isDirectory()) {
      throw new IOException("cannot replace " + target.shown() + ", which is a directory");
    }
    if (there != null && !there.isRegular()) {
      target.remove();
    }
    if (there != null && source.sameTree(target) && there.identity().equals(info.identity())) {
      throw new IOException("and " + target.shown() + " are the same file");
    }
    Told told = new Told();
    Moved moved;
    Xattrs xattrs = Xattrs.of(source, settings);
    try {
      moved = files.copy(source, info, target, told);
    } catch (IOException | UncheckedIOException e) {
      if (report.running().isStopped()) {
        throw stopped(told.bytes(), info.sizeBytes());
      }
      throw e;
    }
    told.accept(moved.bytes());
    FileInfo now = moved.destination();
    boolean finished = now != null && hasOwner(now, info);
    boolean reopened = keepXattrs(xattrs, info, target, finished);
    if (!finished || reopened) {
      keepAttributes(info, target);
    }
    report.done(source, moved);
  }

  private static IOException stopped(long bytes, long ofBytes) {
    return new IOException(
        "stopped after " + Units.bytes(bytes) + " of " + Units.bytes(ofBytes) + ", which stay");
  }

  /** What the report has been told of one file. */
  private final class Told implements LongConsumer {
    private long bytes;

    @Override
    public synchronized void accept(long now) {
      report.progressed(now - bytes);
      bytes = now;
    }

    synchronized long bytes() {
      return bytes;
    }
  }

  /**
   * Gives the target the extended attributes of the source, before it gets a mode that might not
   * let its owner do so.
   *
   * @param finished whether it has that mode already
   * @return whether it has it no longer
   */
  private boolean keepXattrs(Xattrs xattrs, FileInfo info, Place target, boolean finished) {
    boolean opens = false;
    try {
      opens = finished && (info.mode() & 0200) == 0 && !xattrs.isEmpty();
      if (opens) {
        target.setModeAndTimes(info.withMode(info.mode() | 0200));
      }
      if (!xattrs.setOn(target)) {
        report.leftXattrs();
      }
    } catch (IOException e) {
      // The rest is kept all the same.
      report.failed(target.shown() + ": " + Failures.text(e));
    }
    return opens;
  }

  private void keepAttributes(FileInfo info, Place target) throws IOException {
    if (!settings.preserve()) {
      return;
    }
    FileInfo now = target.info();
    // A change of owner clears set-uid bits, so the mode comes after it.
    if (!hasOwner(now, info) && !target.setOwner(info)) {
      report.ownerNotKept();
    }
    target.setModeAndTimes(info);
  }

  private static boolean hasOwner(FileInfo now, FileInfo like) {
    return now.owner().equals(like.owner()) && now.group().equals(like.group());
  }

  private static void replaceable(Place target) throws IOException {
    FileInfo there = target.infoIfPresent();
    if (there != null && there.kind() == FileKind.DIRECTORY) {
      throw new IOException("cannot replace " + target.shown() + ", which is a directory");
    }
    if (there != null) {
      target.remove();
    }
  }

  private void link(FurtherName name) {
    attempt(
        name.target(),
        () -> {
          replaceable(name.target());
          name.target().makeLink(name.first());
          report.madeHardLink();
        });
  }

  private void finishDirectory(Directory directory) {
    attempt(
        directory.target(),
        () -> {
          boolean _ =
              keepXattrs(directory.xattrs(), directory.source(), directory.target(), false);
          keepAttributes(directory.source(), directory.target());
        });
  }

  private interface Step {
    void run() throws IOException;
  }

  private void attempt(Place place, Step step) {
    if (report.running().isStopped()) {
      return;
    }
    try {
      step.run();
    } catch (IOException e) {
      report.failed(place.shown() + ": " + Failures.text(e));
    } catch (UncheckedIOException e) {
      IOException cause = e.getCause() == null ? new IOException(e) : e.getCause();
      report.failed(place.shown() + ": " + Failures.text(cause));
    }
  }

  /** Whether {@code target} lies inside {@code source}, so that a copy would never end. */
  public static boolean wouldContainItself(Place source, Place target) throws IOException {
    FileInfo origin = source.info();
    if (!origin.isDirectory() || !source.sameTree(target)) {
      return false;
    }
    @Nullable Place place = target;
    while (place != null) {
      FileInfo info = place.infoIfPresent();
      if (info != null && info.identity().equals(origin.identity())) {
        return true;
      }
      Place parent = place.parent();
      place = parent.equals(place) ? null : parent;
    }
    return false;
  }
}
