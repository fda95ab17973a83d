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
 * Copies files and trees. One thread walks the source and creates directories, symbolic links and
 * special files; several threads copy files.
 *
 * <p>Hard links are created when all files are copied. Directories get their modes and times last,
 * deepest first: their times would otherwise change with each new entry, and a mode without write
 * permission would prevent new entries.
 *
 * <p>A failure is recorded and the copy continues, until the report's {@link RunningCopies} are
 * stopped. Files that failed because a server was unreachable are retried once at the end.
 */
public final class TreeCopy {
  private static final int QUEUED_PER_JOB_MAX = 64;

  /**
   * The descriptors for one file: source, target, and the directories opened temporarily for each.
   */
  private static final int DESCRIPTORS_PER_JOB = 6;

  /** The descriptors of the walk, the connections and the JVM. */
  private static final int DESCRIPTORS_SPARE = 10;

  /** After a stop, the size of a file is polled until it is stable, for at most five seconds. */
  private static final int SIZE_POLLS_MAX = 10;

  private static final long SIZE_POLL_MILLIS = 500;

  /** The maximum number of files to retry. */
  private static final int POSTPONED_MAX = 100_000;

  private record Directory(
      FileInfo source, Place target, @Nullable FileInfo made, SourceXattrs xattrs) {}

  /**
   * The destination of a copy.
   *
   * @param isFree whether it cannot exist, because its directory was created by this copy
   * @param isGiven whether the user named it: an existing device is then written to, not replaced
   */
  private record Destination(Place place, boolean isFree, boolean isGiven) {
    @Nullable FileInfo existing() throws IOException {
      return isFree ? null : place.infoIfPresent();
    }
  }

  private record HardLink(FileInfo source, Place from, Place target, Place first) {}

  private record Postponed(Place source, FileInfo info, Destination destination) {}

  private record FileKey(Object identity, FileKind kind) {}

  private final CopySettings settings;
  private final CopyReport report;
  private final FileCopy files;
  private final List<Directory> directories = new ArrayList<>();
  private final Map<FileKey, Place> firstNames = new HashMap<>();
  private final List<HardLink> hardLinks = new ArrayList<>();
  private final List<Future<?>> jobs = new ArrayList<>();
  private final Queue<Postponed> postponed = new ConcurrentLinkedQueue<>();
  private final Fingerprints copied = new Fingerprints();
  private final Ancestors ancestors = new Ancestors();
  private volatile boolean isRetry;

  /** Whether a server was unreachable for the whole wait time. */
  private volatile boolean unreachable;

  public TreeCopy(CopySettings settings, CopyReport report) {
    this.settings = settings;
    this.report = report;
    this.files = new FileCopy(settings, report.running());
  }

  /** Copies {@code source} to {@code target}, whose parent must exist. */
  public void copy(Place source, Place target) {
    ExecutorService workers =
        Machine.workers("ferry-cp", concurrentJobs(), settings.jobs() * QUEUED_PER_JOB_MAX);
    try {
      Destination destination = new Destination(target, false, true);
      attempt(source, () -> walk(source, source.info(), destination, workers));
      report.walkedAll();
      finishJobs();
      retryPostponed(workers);
    } catch (IOException e) {
      report.failed(source, e);
    } finally {
      workers.shutdownNow();
    }
    if (report.running().isStopped()) {
      return;
    }
    hardLinks.forEach(this::link);
    directories.reversed().forEach(this::finishDirectory);
  }

  /** Returns the number of jobs, limited by the free descriptors. */
  private int concurrentJobs() {
    int affordable = (Machine.descriptorsLeft() - DESCRIPTORS_SPARE) / DESCRIPTORS_PER_JOB;
    return Math.clamp(affordable, 1, settings.jobs());
  }

  private void finishJobs() throws IOException {
    for (Future<?> job : jobs) {
      FutureResult.get(job);
    }
    jobs.clear();
  }

  private void retryPostponed(ExecutorService workers) throws IOException {
    isRetry = true;
    unreachable = false;
    for (Postponed one = postponed.poll(); one != null; one = postponed.poll()) {
      // The first attempt may have created it.
      Destination destination =
          new Destination(one.destination().place(), false, one.destination().isGiven());
      submit(one.source(), one.info(), destination, workers);
    }
    finishJobs();
  }

  /** Returns whether files that failed are being retried. */
  boolean isRetry() {
    return isRetry;
  }

  /**
   * Returns whether a file was copied in its present state, so that the original may be removed.
   */
  public boolean hasCopied(Place source, FileInfo info) {
    return copied.contains(Fingerprints.of(source, info));
  }

  private void walk(Place source, FileInfo info, Destination destination, ExecutorService workers)
      throws IOException {
    if (info.isDirectory()) {
      walkDirectory(source, info, destination, workers);
      return;
    }
    if (!settings.recursive() && source instanceof LocalPlace && !info.isSymlink()) {
      // As with cp(1), a file that the user named is read to its end, even a pipe or a terminal.
      report.found(info.sizeBytes());
      submit(source, info, destination, workers);
      return;
    }
    FileKey key = new FileKey(info.identity(), info.kind());
    boolean hasHardLinks = info.links() > 1 && info.hasIdentity();
    Place first = hasHardLinks ? firstNames.putIfAbsent(key, destination.place()) : null;
    if (info.isRegular()) {
      report.found(info.sizeBytes());
    }
    if (first != null) {
      hardLinks.add(new HardLink(info, source, destination.place(), first));
    } else if (info.isRegular()) {
      submit(source, info, destination, workers);
    } else {
      makeOther(source, info, destination);
    }
  }

  private void makeOther(Place source, FileInfo info, Destination destination) throws IOException {
    Place target = destination.place();
    if (info.kind() == FileKind.OTHER) {
      throw new IOException("is of a type that cannot be copied");
    }
    if (!destination.isFree()) {
      removeExisting(target);
    }
    FileInfo made;
    if (info.isSymlink()) {
      made = target.makeSymlink(source.readSymlink());
      report.madeSymlink();
    } else {
      made = target.makeSpecial(info);
      report.madeSpecial();
    }
    report.created().add(target, made);
    preserveAttributes(info, target, made);
    copied.add(Fingerprints.of(source, info));
  }

  private void walkDirectory(
      Place source, FileInfo info, Destination destination, ExecutorService workers)
      throws IOException {
    Place target = destination.place();
    if (!settings.recursive()) {
      throw new IOException("is a directory; copy it with -r");
    }
    ancestors.enter(info);
    try {
      FileInfo existing = destination.existing();
      FileInfo made = existing;
      if (existing == null) {
        // Until it is complete, only its owner has access, with write permission.
        made = target.makeDirectory(settings.preserve() ? 0700 : (info.mode() & 0777) | 0700);
      } else if (!existing.isDirectory()) {
        throw new IOException("cannot replace " + target.shown() + ", which is not a directory");
      }
      directories.add(new Directory(info, target, made, SourceXattrs.of(source, settings)));
      report.madeDirectory();
      walkEntries(source, target, existing == null, workers);
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
                          "is listed twice in one directory; the first entry was copied");
                    }
                    Destination destination =
                        new Destination(target.child(place.nameBytes()), isNew, false);
                    walk(place, info, destination, workers);
                  });
        }
      }
    }
  }

  private void submit(
      Place source, FileInfo info, Destination destination, ExecutorService workers) {
    jobs.add(
        workers.submit(() -> attempt(source, () -> copyOrPostpone(source, info, destination))));
    // Completed jobs are discarded early, because a tree may have millions of files.
    if (jobs.size() >= settings.jobs() * QUEUED_PER_JOB_MAX * 2) {
      jobs.removeIf(Future::isDone);
    }
  }

  private void copyOrPostpone(Place source, FileInfo info, Destination destination)
      throws IOException {
    boolean mayPostpone = !isRetry && postponed.size() < POSTPONED_MAX;
    if (unreachable) {
      // One file has waited for the server without success; thousands of others need not wait in
      // turn.
      if (!mayPostpone) {
        throw new IOException("was not copied because its server is unreachable");
      }
      postponed.add(new Postponed(source, info, destination));
      return;
    }
    try {
      copyFile(source, info, destination);
    } catch (NfsException e) {
      if (e.is(NfsException.Reason.UNREACHABLE)) {
        unreachable = true;
      }
      boolean isUnreachable = unreachable || e.is(NfsException.Reason.TIMED_OUT);
      if (!isUnreachable || !mayPostpone) {
        throw e;
      }
      postponed.add(new Postponed(source, info, destination));
    }
  }

  private void copyFile(Place source, FileInfo info, Destination destination) throws IOException {
    Place target = destination.place();
    FileInfo existing = destination.existing();
    if (existing != null && existing.isDirectory()) {
      throw new IOException("cannot replace " + target.shown() + ", which is a directory");
    }
    if (existing != null && source.sameTree(target) && existing.isSameFile(info)) {
      throw new IOException("and " + target.shown() + " are the same file");
    }
    if (!isRetry) {
      // The first attempt may have created the file itself.
      report.created().checkOverwrites(target, existing);
    }
    boolean isStream =
        existing != null && !existing.isRegular() && !existing.isSymlink() && destination.isGiven();
    if (existing != null && !existing.isRegular() && !isStream) {
      target.remove(existing);
      existing = null;
    }
    FileProgress progress = new FileProgress();
    CopiedFile file;
    SourceXattrs xattrs = SourceXattrs.of(source, settings);
    try {
      file = files.copy(source, info, target, existing, progress);
    } catch (IOException | UncheckedIOException e) {
      if (report.running().isStopped()) {
        progress.accept(bytesWritten(source, target, progress.bytes()));
        throw stopped(progress.bytes(), info.sizeBytes());
      }
      progress.accept(0);
      throw e;
    }
    progress.accept(file.bytes());
    if (!isStream) {
      report.created().add(target, file.destination());
    }
    if (!isStream && info.isRegular()) {
      finishFile(info, target, file, xattrs);
    }
    copied.add(Fingerprints.of(source, info));
    report.done(source, file);
  }

  private void finishFile(FileInfo info, Place target, CopiedFile file, SourceXattrs xattrs)
      throws IOException {
    FileInfo now = file.destination();
    boolean hasAll =
        file.hasAttributes()
            && now != null
            && RemotePlace.hasOwner(now, info)
            && (info.mode() & FileInfo.SET_IDS) == 0;
    boolean modeReset = preserveXattrs(xattrs, info, target, now, hasAll);
    if (!hasAll || modeReset) {
      preserveAttributes(info, target, now);
    }
  }

  /**
   * Returns the size of the destination after a stop. A server may have written more than its last
   * report, and a COPY in flight may still begin.
   */
  private static long bytesWritten(Place source, Place target, long knownBytes) {
    if (!(source instanceof RemotePlace && target instanceof RemotePlace)) {
      return knownBytes;
    }
    long bytes = -1;
    try {
      for (int poll = 0; poll < SIZE_POLLS_MAX; poll++) {
        FileInfo existing = target.infoIfPresent();
        long now = existing == null ? 0 : existing.sizeBytes();
        if (now == bytes) {
          break;
        }
        bytes = now;
        Machine.pause(SIZE_POLL_MILLIS);
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

  /** The progress of one file, as reported. */
  private final class FileProgress implements LongConsumer {
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
   * Sets the extended attributes of the source on the target, before the target gets a mode without
   * write permission.
   *
   * @param finished whether the target already has its mode
   * @return whether the mode was changed and must be set again
   */
  private boolean preserveXattrs(
      SourceXattrs xattrs, FileInfo info, Place target, @Nullable FileInfo made, boolean finished) {
    boolean modeChanged = false;
    try {
      modeChanged = finished && (info.mode() & 0200) == 0 && !xattrs.isEmpty();
      if (modeChanged) {
        target.setMode(info.mode() | 0200, made);
      }
      if (!xattrs.setOn(target, made)) {
        report.xattrsDropped();
      }
    } catch (IOException e) {
      // The other attributes are still preserved.
      report.failed(target, e);
    }
    return modeChanged;
  }

  private void preserveAttributes(FileInfo info, Place target, @Nullable FileInfo made)
      throws IOException {
    if (settings.preserve()) {
      report.preserved(target.preserveAttributes(info, made));
    }
  }

  private void removeExisting(Place target) throws IOException {
    FileInfo existing = target.infoIfPresent();
    if (existing != null && existing.kind() == FileKind.DIRECTORY) {
      throw new IOException("cannot replace " + target.shown() + ", which is a directory");
    }
    report.created().checkOverwrites(target, existing);
    if (existing != null) {
      target.remove(existing);
    }
  }

  private void link(HardLink name) {
    attempt(
        name.target(),
        () -> {
          if (!report.created().contains(name.first())) {
            throw new IOException(
                "is a hard link to " + name.first().shown() + ", which was not copied");
          }
          removeExisting(name.target());
          name.target().makeLink(name.first());
          report.created().add(name.target(), null);
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
              preserveXattrs(directory.xattrs(), info, directory.target(), directory.made(), false);
          preserveAttributes(info, directory.target(), directory.made());
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
      // The client library rejects a value that the server returned for this file.
      report.failed(place, new IOException(Printable.line(String.valueOf(e.getMessage())), e));
    }
  }

  /** Returns whether {@code target} is inside {@code source}, so that a copy would not end. */
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
