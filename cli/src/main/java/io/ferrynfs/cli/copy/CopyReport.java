package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.base.ErrorText;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.place.Place;
import io.ferrynfs.cli.place.PreservedAttributes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The statistics of a copy, while it runs and afterwards. Safe for use by several threads. */
public final class CopyReport {

  /** The files that were copied by one method. */
  public record Share(long files, long bytes, Map<String, Long> filesByReason) {}

  /**
   * The progress of a copy.
   *
   * @param filesFound the regular files found so far; the total if {@code walked}
   * @param bytesFound the sizes of these files
   * @param walked whether the whole source has been listed
   * @param filesDone the completed files
   * @param bytesDone the completed bytes, including those of partial files and holes
   */
  public record Snapshot(
      long filesFound, long bytesFound, boolean walked, long filesDone, long bytesDone) {}

  /** Further failures are counted but not recorded. */
  private static final int FAILURES_RECORDED_MAX = 1000;

  private final RunningCopies running = new RunningCopies();
  private final CreatedFiles created = new CreatedFiles();
  private final Map<TransferMethod, Share> shares = new EnumMap<>(TransferMethod.class);
  private final List<String> failures = new ArrayList<>();
  private final List<String> changed = new ArrayList<>();
  private long failureCount;
  private long changedCount;
  private long bytesThroughClient;
  private long filesFound;
  private long bytesFound;
  private boolean walked;
  private long filesDone;
  private long bytesDone;
  private long directories;
  private long symlinks;
  private long hardLinks;
  private long specials;
  private long ownersNotKept;
  private long timesNotKept;
  private long xattrsNotKept;
  private int exitCode = ExitCode.OK;

  synchronized void found(long sizeBytes) {
    filesFound++;
    bytesFound += sizeBytes;
  }

  synchronized void walkedAll() {
    walked = true;
  }

  synchronized void progressed(long bytes) {
    bytesDone += bytes;
  }

  synchronized void done(Place source, CopiedFile moved) {
    filesDone++;
    bytesThroughClient += moved.bytesThroughClient();
    if (moved.sourceChanged()) {
      changedCount++;
      if (changed.size() < FAILURES_RECORDED_MAX) {
        changed.add(source.shown());
      }
    }
    Share share = shares.getOrDefault(moved.method(), new Share(0, 0, Map.of()));
    Map<String, Long> reasons = new TreeMap<>(share.filesByReason());
    reasons.merge(moved.reason(), 1L, Long::sum);
    shares.put(
        moved.method(), new Share(share.files() + 1, share.bytes() + moved.bytes(), reasons));
  }

  /** Records a failure. */
  public void failed(Place place, IOException why) {
    failed(place.shown(), why);
  }

  /**
   * Records a failure.
   *
   * @param shown the name of the place for messages
   */
  public synchronized void failed(String shown, IOException why) {
    failureCount++;
    exitCode = Math.max(exitCode, ExitCode.of(why));
    if (failures.size() < FAILURES_RECORDED_MAX) {
      failures.add(Printable.line(Refusals.explain(ErrorText.line(shown, why))));
    }
  }

  synchronized void madeDirectory() {
    directories++;
  }

  synchronized void madeSymlink() {
    symlinks++;
  }

  synchronized void madeHardLink() {
    hardLinks++;
  }

  synchronized void madeSpecial() {
    specials++;
  }

  synchronized void preserved(PreservedAttributes preserved) {
    ownersNotKept += preserved.owner() ? 0 : 1;
    timesNotKept += preserved.times() ? 0 : 1;
  }

  synchronized void xattrsDropped() {
    xattrsNotKept++;
  }

  /** Returns the files that are being copied. */
  public RunningCopies running() {
    return running;
  }

  /** Returns the files that the command has created. */
  public CreatedFiles created() {
    return created;
  }

  public synchronized Snapshot snapshot() {
    return new Snapshot(filesFound, bytesFound, walked, filesDone, bytesDone);
  }

  public synchronized Map<TransferMethod, Share> shares() {
    return new EnumMap<>(shares);
  }

  public synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  public synchronized long failureCount() {
    return failureCount;
  }

  /**
   * Returns the files that changed while they were copied. Their copies may mix old and new
   * content.
   */
  public synchronized List<String> changed() {
    return List.copyOf(changed);
  }

  public synchronized long changedCount() {
    return changedCount;
  }

  /** Returns the bytes of completed files that passed through this client. */
  public synchronized long bytesThroughClient() {
    return bytesThroughClient;
  }

  public synchronized long files() {
    return filesDone;
  }

  public synchronized long bytes() {
    return shares.values().stream().mapToLong(Share::bytes).sum();
  }

  public synchronized long directories() {
    return directories;
  }

  public synchronized long symlinks() {
    return symlinks;
  }

  public synchronized long hardLinks() {
    return hardLinks;
  }

  public synchronized long specials() {
    return specials;
  }

  /** Returns the number of files whose owner this user may not set. */
  public synchronized long ownersNotKept() {
    return ownersNotKept;
  }

  /** Returns the number of files whose times the target's file system cannot represent. */
  public synchronized long timesNotKept() {
    return timesNotKept;
  }

  /** Returns the number of files with extended attributes that the target does not support. */
  public synchronized long xattrsNotKept() {
    return xattrsNotKept;
  }

  /** Returns the exit code of the command. */
  public synchronized int exitCode() {
    if (running.isStopped()) {
      return ExitCode.INTERRUPTED;
    }
    boolean isComplete = changedCount + ownersNotKept + timesNotKept + xattrsNotKept == 0;
    return isComplete ? exitCode : Math.max(exitCode, ExitCode.FAILED);
  }
}
