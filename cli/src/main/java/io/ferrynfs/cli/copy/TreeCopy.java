package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.FileKind;
import io.ferrynfs.cli.place.Listing;
import io.ferrynfs.cli.place.LocalPlace;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.RemotePlace;
import io.ferrynfs.client.NfsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies files and trees. One thread walks the source and makes directories, symbolic links and
 * special files; several copy files. Further names of a file already copied become hard links when
 * all files are there, and directories get their modes and times last, deepest first: a time set
 * earlier would be changed again by what is put inside, and a mode without write permission would
 * keep it out.
 *
 * <p>A failure is noted and the rest goes on, until the report's {@link RunningCopies} are stopped.
 * Files that failed because a server was away are tried once more at the end.
 */
public final class TreeCopy {
  private static final int WAITING_PER_JOB_MAX = 64;

  /** Of a file that is copied: source, target, and what is open in passing on the way to each. */
  private static final int DESCRIPTORS_PER_JOB = 6;

  /** For the walk, connections and the JVM's own. */
  private static final int DESCRIPTORS_SPARE = 10;

  /** After a stop a file is looked at until it stands still, for five seconds at most. */
  private static final int LOOKS_MAX = 10;

  private static final long LOOK_MILLIS = 500;

  /** Beyond, a server that is away is not worth another try of everything. */
  private static final int POSTPONED_MAX = 100_000;

  private record Directory(FileInfo source, Place target, @Nullable FileInfo made, Xattrs xattrs) {}

  /**
   * Where something goes.
   *
   * @param isFree whether nothing can be there: its directory was made for this copy
   * @param isGiven whether the user named it, so that a device there is written to, not replaced
   */
  private record Goal(Place place, boolean isFree, boolean isGiven) {
    @Nullable FileInfo there() throws IOException {
      return isFree ? null : place.infoIfPresent();
    }
  }

  private record FurtherName(FileInfo source, Place from, Place target, Place first) {}

  private record Postponed(Place source, FileInfo info, Goal goal) {}

  private record FileKey(Object identity, FileKind kind) {}

  private final CopySettings settings;
  private final CopyReport report;
  private final FileCopy files;
  private final List<Directory> directories = new ArrayList<>();
  private final Map<FileKey, Place> firstNames = new HashMap<>();
  private final List<FurtherName> furtherNames = new ArrayList<>();
  private final List<Future<?>> jobs = new ArrayList<>();
  private final Queue<Postponed> postponed = new ConcurrentLinkedQueue<>();
  private final Fingerprints copied = new Fingerprints();
  private final Ancestors ancestors = new Ancestors();
  private volatile boolean lastTry;

  /** Whether a server could not be reached in all the time that is allowed. */
  private volatile boolean unreachable;

  public TreeCopy(CopySettings settings, CopyReport report) {
    this.settings = settings;
    this.report = report;
    this.files = new FileCopy(settings, report.running());
  }

  /** Copies {@code source} to become {@code target}, whose parent exists. */
  public void copy(Place source, Place target) {
    ExecutorService workers =
        Machine.workers("ferry-cp", jobsAtOnce(), settings.jobs() * WAITING_PER_JOB_MAX);
    try {
      Goal goal = new Goal(target, false, true);
      attempt(source, () -> walk(source, source.info(), goal, workers));
      report.walkedAll();
      finishJobs();
      tryAgain(workers);
    } catch (IOException e) {
      report.failed(source, e);
    } finally {
      workers.shutdownNow();
    }
    if (report.running().isStopped()) {
      return;
    }
    furtherNames.forEach(this::link);
    directories.reversed().forEach(this::finishDirectory);
  }

  /** As many as the user allows, and as there are descriptors for. */
  private int jobsAtOnce() {
    int affordable = (Machine.descriptorsLeft() - DESCRIPTORS_SPARE) / DESCRIPTORS_PER_JOB;
    return Math.clamp(affordable, 1, settings.jobs());
  }

  private void finishJobs() throws IOException {
    for (Future<?> job : jobs) {
      Waiting.on(job);
    }
    jobs.clear();
  }

  private void tryAgain(ExecutorService workers) throws IOException {
    lastTry = true;
    unreachable = false;
    for (Postponed one = postponed.poll(); one != null; one = postponed.poll()) {
      // A first try may have left a part of it.
      Goal goal = new Goal(one.goal().place(), false, one.goal().isGiven());
      submit(one.source(), one.info(), goal, workers);
    }
    finishJobs();
  }

  /** Whether what failed because a server was away is tried once more. */
  boolean isLastTry() {
    return lastTry;
  }

  /** Whether a file was copied as it is now, so that the original is not needed for it. */
  public boolean hasCopied(Place source, FileInfo info) {
    return copied.contains(Fingerprints.of(source, info));
  }

  private void walk(Place source, FileInfo info, Goal goal, ExecutorService workers)
      throws IOException {
    if (info.isDirectory()) {
      walkDirectory(source, info, goal, workers);
      return;
    }
    if (!settings.recursive() && source instanceof LocalPlace && !info.isSymlink()) {
      // As cp(1): what is given by name is read to its end, a pipe and a terminal, too.
      report.found(info.sizeBytes());
      submit(source, info, goal, workers);
      return;
    }
    FileKey key = new FileKey(info.identity(), info.kind());
    boolean hasOthers = info.links() > 1 && info.hasIdentity();
    Place first = hasOthers ? firstNames.putIfAbsent(key, goal.place()) : null;
    if (info.isRegular()) {
      report.found(info.sizeBytes());
    }
    if (first != null) {
      furtherNames.add(new FurtherName(info, source, goal.place(), first));
    } else if (info.isRegular()) {
      submit(source, info, goal, workers);
    } else {
      makeOther(source, info, goal);
    }
  }

  private void makeOther(Place source, FileInfo info, Goal goal) throws IOException {
    Place target = goal.place();
    if (info.kind() == FileKind.OTHER) {
      throw new IOException("is of a type that cannot be copied");
    }
    if (!goal.isFree()) {
      replaceable(target);
    }
    FileInfo made;
    if (info.isSymlink()) {
      made = target.makeSymlink(source.readSymlink());
      report.madeSymlink();
    } else {
      made = target.makeSpecial(info);
      report.madeSpecial();
    }
    report.made().add(target, made);
    keepAttributes(info, target, made);
    copied.add(Fingerprints.of(source, info));
  }

  private void walkDirectory(Place source, FileInfo info, Goal goal, ExecutorService workers)
      throws IOException {
    Place target = goal.place();
    if (!settings.recursive()) {
      throw new IOException("is a directory; copy it with -r");
    }
    ancestors.enter(info);
    try {
      FileInfo there = goal.there();
      FileInfo made = there;
      if (there == null) {
        // Nobody else looks in, and its owner may write, until all is inside.
        made = target.makeDirectory(settings.preserve() ? 0700 : (info.mode() & 0777) | 0700);
      } else if (!there.isDirectory()) {
        throw new IOException("cannot replace " + target.shown() + ", which is not a directory");
      }
      directories.add(new Directory(info, target, made, Xattrs.of(source, settings)));
      report.madeDirectory();
      walkEntries(source, target, there == null, workers);
    } finally {
      ancestors.leave(info);
    }
  }

  private void walkEntries(Place source, Place target, boolean isNew, ExecutorService workers)
      throws IOException {
    Fingerprints names = new Fingerprints();
    try (Listing entries = source.list()) {
      for (Listing.Item item = entries.next(); item != null; item = entries.next()) {
        if (report.running().isStopped()) {
          return;
        }
        switch (item) {
          case Listing.Unusable(String shown, IOException why) -> report.failed(shown, why);
          case Listing.Entry(Place place, FileInfo info) ->
              attempt(
                  place,
                  () -> {
                    if (!names.add(Fingerprints.of(place.nameBytes()))) {
                      throw new IOException(
                          "is listed twice in one directory; the first was copied");
                    }
                    Goal goal = new Goal(target.child(place.nameBytes()), isNew, false);
                    walk(place, info, goal, workers);
                  });
        }
      }
    }
  }

  private void submit(Place source, FileInfo info, Goal goal, ExecutorService workers) {
    jobs.add(workers.submit(() -> attempt(source, () -> copyOrPostpone(source, info, goal))));
    // Finished jobs are forgotten on the way, so that a tree of millions of files fits in memory.
    if (jobs.size() >= settings.jobs() * WAITING_PER_JOB_MAX * 2) {
      jobs.removeIf(Future::isDone);
    }
  }

  private void copyOrPostpone(Place source, FileInfo info, Goal goal) throws IOException {
    boolean mayPostpone = !lastTry && postponed.size() < POSTPONED_MAX;
    if (unreachable) {
      // One file has waited for the server in vain; thousands need not do so one after the other.
      if (!mayPostpone) {
        throw new IOException("was not tried, because its server is away");
      }
      postponed.add(new Postponed(source, info, goal));
      return;
    }
    try {
      copyFile(source, info, goal);
    } catch (NfsException e) {
      if (e.is(NfsException.Reason.UNREACHABLE)) {
        unreachable = true;
      }
      boolean away = unreachable || e.is(NfsException.Reason.TIMED_OUT);
      if (!away || !mayPostpone) {
        throw e;
      }
      postponed.add(new Postponed(source, info, goal));
    }
  }

  private void copyFile(Place source, FileInfo info, Goal goal) throws IOException {
    Place target = goal.place();
    FileInfo there = goal.there();
    if (there != null && there.isDirectory()) {
      throw new IOException("cannot replace " + target.shown() + ", which is a directory");
    }
    if (there != null && source.sameTree(target) && there.isSameFile(info)) {
      throw new IOException("and " + target.shown() + " are the same file");
    }
    if (!lastTry) {
      // The first try of this file may have come as far as to make it.
      report.made().checkOverwrites(target, there);
    }
    boolean written = there != null && !there.isRegular() && !there.isSymlink() && goal.isGiven();
    if (there != null && !there.isRegular() && !written) {
      target.remove(there);
      there = null;
    }
    Told told = new Told();
    Moved moved;
    Xattrs xattrs = Xattrs.of(source, settings);
    try {
      moved = files.copy(source, info, target, there, told);
    } catch (IOException | UncheckedIOException e) {
      if (report.running().isStopped()) {
        told.accept(written(source, target, told.bytes()));
        throw stopped(told.bytes(), info.sizeBytes());
      }
      told.accept(0);
      throw e;
    }
    told.accept(moved.bytes());
    if (!written) {
      report.made().add(target, moved.destination());
    }
    if (!written && info.isRegular()) {
      finishFile(info, target, moved, xattrs);
    }
    copied.add(Fingerprints.of(source, info));
    report.done(source, moved);
  }

  private void finishFile(FileInfo info, Place target, Moved moved, Xattrs xattrs)
      throws IOException {
    FileInfo now = moved.destination();
    boolean hasAll =
        moved.hasAttributes()
            && now != null
            && RemotePlace.hasOwner(now, info)
            && (info.mode() & FileInfo.SET_IDS) == 0;
    boolean reopened = keepXattrs(xattrs, info, target, now, hasAll);
    if (!hasAll || reopened) {
      keepAttributes(info, target, now);
    }
  }

  /**
   * What is in the destination after a stop. A server writes in order, and may have written more
   * than was known when it was asked last; a COPY that was on its way to it begins and ends later.
   */
  private static long written(Place source, Place target, long knownBytes) {
    if (!(source instanceof RemotePlace && target instanceof RemotePlace)) {
      return knownBytes;
    }
    long bytes = -1;
    try {
      for (int look = 0; look < LOOKS_MAX; look++) {
        FileInfo there = target.infoIfPresent();
        long now = there == null ? 0 : there.sizeBytes();
        if (now == bytes) {
          break;
        }
        bytes = now;
        Machine.pause(LOOK_MILLIS);
      }
      return bytes;
    } catch (IOException unknown) {
      return Math.max(bytes, knownBytes);
    }
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
  private boolean keepXattrs(
      Xattrs xattrs, FileInfo info, Place target, @Nullable FileInfo made, boolean finished) {
    boolean opens = false;
    try {
      opens = finished && (info.mode() & 0200) == 0 && !xattrs.isEmpty();
      if (opens) {
        target.setMode(info.mode() | 0200, made);
      }
      if (!xattrs.setOn(target, made)) {
        report.leftXattrs();
      }
    } catch (IOException e) {
      // The rest is kept all the same.
      report.failed(target, e);
    }
    return opens;
  }

  private void keepAttributes(FileInfo info, Place target, @Nullable FileInfo made)
      throws IOException {
    if (settings.preserve()) {
      report.kept(target.keepAttributes(info, made));
    }
  }

  private void replaceable(Place target) throws IOException {
    FileInfo there = target.infoIfPresent();
    if (there != null && there.kind() == FileKind.DIRECTORY) {
      throw new IOException("cannot replace " + target.shown() + ", which is a directory");
    }
    report.made().checkOverwrites(target, there);
    if (there != null) {
      target.remove(there);
    }
  }

  private void link(FurtherName name) {
    attempt(
        name.target(),
        () -> {
          if (!report.made().contains(name.first())) {
            throw new IOException(
                "is a further name of " + name.first().shown() + ", which was not copied");
          }
          replaceable(name.target());
          name.target().makeLink(name.first());
          report.made().add(name.target(), null);
          copied.add(Fingerprints.of(name.from(), name.source()));
          report.madeHardLink();
        });
  }

  private void finishDirectory(Directory directory) {
    attempt(
        directory.target(),
        () -> {
          FileInfo info = directory.source();
          boolean _ =
              keepXattrs(directory.xattrs(), info, directory.target(), directory.made(), false);
          keepAttributes(info, directory.target(), directory.made());
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
      report.failed(place, e);
    } catch (UncheckedIOException e) {
      report.failed(place, e.getCause() == null ? new IOException(e) : e.getCause());
    } catch (IllegalArgumentException e) {
      // A server's word that the client library cannot express, of this one file.
      report.failed(place, new IOException(Printable.line(String.valueOf(e.getMessage())), e));
    }
  }

  /** Whether {@code target} lies inside {@code source}, so that a copy would never end. */
  public static boolean wouldContainItself(Place source, Place target) throws IOException {
    FileInfo origin = source.info();
    if (!origin.isDirectory() || !source.sameTree(target)) {
      return false;
    }
    Place place = target;
    FileInfo info = place.infoIfPresent();
    while (true) {
      if (info != null && info.isSameFile(origin)) {
        return true;
      }
      Place parent = place.parent();
      FileInfo above = parent.infoIfPresent();
      // A root is its own parent.
      if (parent.equals(place) || (above != null && info != null && above.isSameFile(info))) {
        return false;
      }
      place = parent;
      info = above;
    }
  }
}
