package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Failures;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.place.Kept;
import io.ferrynfs.cli.place.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The account of a copy while it runs and afterwards. Safe for use by several threads. */
public final class CopyReport {

  /** What moved one way. */
  public record Share(long files, long bytes, Map<String, Long> filesByReason) {}

  /**
   * How far a copy is.
   *
   * @param filesFound the regular files met so far; all of them once {@code walked}
   * @param bytesFound their sizes
   * @param walked whether the whole source has been listed
   * @param filesDone the files that are complete
   * @param bytesDone the bytes that are done, parts of files and holes included
   */
  public record Snapshot(
      long filesFound, long bytesFound, boolean walked, long filesDone, long bytesDone) {}

  /** A failure is kept in full up to here; beyond, it is only counted. */
  private static final int FAILURES_KEPT_MAX = 1000;

  private final RunningCopies running = new RunningCopies();
  private final MadeFiles made = new MadeFiles();
  private final Map<Way, Share> shares = new EnumMap<>(Way.class);
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

  synchronized void done(Place source, Moved moved) {
    filesDone++;
    bytesThroughClient += moved.bytesThroughClient();
    if (moved.sourceChanged()) {
      changedCount++;
      if (changed.size() < FAILURES_KEPT_MAX) {
        changed.add(source.shown());
      }
    }
    Share share = shares.getOrDefault(moved.way(), new Share(0, 0, Map.of()));
    Map<String, Long> reasons = new TreeMap<>(share.filesByReason());
    reasons.merge(moved.reason(), 1L, Long::sum);
    shares.put(moved.way(), new Share(share.files() + 1, share.bytes() + moved.bytes(), reasons));
  }

  /** Notes that something was not done at a place. */
  public void failed(Place place, IOException why) {
    failed(place.shown(), why);
  }

  /** Likewise, with the name that the user has given or is shown. */
  public synchronized void failed(String shown, IOException why) {
    failureCount++;
    exitCode = Math.max(exitCode, Failures.exitCode(why));
    if (failures.size() < FAILURES_KEPT_MAX) {
      failures.add(Printable.line(Refusals.inWords(Failures.line(shown, why))));
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

  synchronized void kept(Kept kept) {
    ownersNotKept += kept.owner() ? 0 : 1;
    timesNotKept += kept.times() ? 0 : 1;
  }

  synchronized void leftXattrs() {
    xattrsNotKept++;
  }

  /** The files that are being copied now. */
  public RunningCopies running() {
    return running;
  }

  /** The files that the command has made. */
  public MadeFiles made() {
    return made;
  }

  public synchronized Snapshot snapshot() {
    return new Snapshot(filesFound, bytesFound, walked, filesDone, bytesDone);
  }

  public synchronized Map<Way, Share> shares() {
    return new EnumMap<>(shares);
  }

  public synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  public synchronized long failureCount() {
    return failureCount;
  }

  /** Files that changed while they were copied, so that the copy may be a mixture. */
  public synchronized List<String> changed() {
    return List.copyOf(changed);
  }

  public synchronized long changedCount() {
    return changedCount;
  }

  /** The bytes of the files done that passed through this client. */
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

  /** Files whose owner this user may not give away; everything else of them was kept. */
  public synchronized long ownersNotKept() {
    return ownersNotKept;
  }

  /** Files whose times are beyond what the target's file system holds. */
  public synchronized long timesNotKept() {
    return timesNotKept;
  }

  /** Files with extended attributes where the target can have none; all else was kept. */
  public synchronized long xattrsNotKept() {
    return xattrsNotKept;
  }

  /** What the command ends with, as the rest of this account has it. */
  public synchronized int exitCode() {
    if (running.isStopped()) {
      return ExitCode.INTERRUPTED;
    }
    boolean flawless = changedCount + ownersNotKept + timesNotKept + xattrsNotKept == 0;
    return flawless ? exitCode : Math.max(exitCode, ExitCode.FAILED);
  }
}
