package io.ferrynfs.server.state;

import io.ferrynfs.server.export.FileKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The state of one file: opens, locks, delegations and copies into it. Its monitor guards it and
 * every entry of the file. The monitor is held for a few instructions only, never during a call of
 * a volume.
 */
final class FileState {
  private final FileKey key;
  private final Map<OwnerKey, OpenState> opens = new HashMap<>();

  /** The number of opens by access mode and by deny mode. */
  private final int[] accesses = new int[4];

  private final int[] denies = new int[4];

  /** The number of copies into this file that run or whose result was not delivered yet. */
  private int offloads;

  private final FileDelegations delegations = new FileDelegations();
  private final SharedFiles shared = new SharedFiles();

  /** The byte-range locks; null before the first one. Every lock depends on an open. */
  private @Nullable FileLocks locks;

  /** Whether the registry has removed this object because the file has no state. */
  private boolean discarded;

  FileState(FileKey key) {
    this.key = key;
  }

  FileKey key() {
    return key;
  }

  boolean isDiscarded() {
    return discarded;
  }

  boolean isEmpty() {
    return opens.isEmpty() && offloads == 0 && delegations.isIdle();
  }

  FileDelegations delegations() {
    return delegations;
  }

  SharedFiles shared() {
    return shared;
  }

  /** Returns whether a client other than this one has the file open for writing. */
  boolean isWrittenByOthers(long clientid) {
    return anyHas(accesses, ShareBits.WRITE)
        && opens.values().stream()
            .anyMatch(
                open -> open.clientid() != clientid && (open.access() & ShareBits.WRITE) != 0);
  }

  @Nullable FileLocks locksIfAny() {
    return locks;
  }

  /** Returns the locks; creates them if there are none. */
  FileLocks locks(Supplier<FileLocks> noLocks) {
    if (locks == null) {
      locks = noLocks.get();
    }
    return locks;
  }

  void offloadAdded() {
    offloads++;
  }

  void offloadRemoved() {
    offloads--;
  }

  void discard() {
    discarded = true;
  }

  @Nullable OpenState find(OwnerKey owner) {
    return opens.get(owner);
  }

  /**
   * Returns whether an OPEN is compatible with all opens of the file, including those of the same
   * owner (RFC 8881 section 9.7: "with no exception for an existing OPEN for the same open-owner").
   */
  boolean allows(int access, int deny) {
    return !anyHas(denies, access) && !anyHas(accesses, deny);
  }

  /** Returns the clients whose opens conflict with an OPEN, possibly including its own. */
  Set<Long> conflicting(int access, int deny) {
    return holders(open -> (open.deny() & access) != 0 || (open.access() & deny) != 0);
  }

  /** Returns the clients that deny this access. */
  Set<Long> denying(int access) {
    return holders(open -> (open.deny() & access) != 0);
  }

  private Set<Long> holders(Predicate<OpenState> conflicts) {
    return opens.values().stream()
        .filter(conflicts)
        .map(OpenState::clientid)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns a file of any open, preferably one that this user opened for writing, or null. */
  @Nullable FileUse anyUse(long uid) {
    OpenState any = null;
    for (OpenState open : opens.values()) {
      if (open.openedBy() == uid && (open.access() & ShareBits.WRITE) != 0) {
        return open.anyFile().use().openedBy(uid);
      }
      any = open;
    }
    return any == null ? null : any.anyFile().use().openedBy(FileUse.BY_SEVERAL);
  }

  /** Returns whether an open denies this access. */
  boolean denies(int access) {
    return anyHas(denies, access);
  }

  /** Counts the current modes of an open. */
  void count(OpenState open) {
    opens.put(open.owner(), open);
    accesses[open.access()]++;
    denies[open.deny()]++;
  }

  /** Reverts {@link #count} before the modes change. */
  void uncount(OpenState open) {
    accesses[open.access()]--;
    denies[open.deny()]--;
  }

  void remove(OpenState open) {
    if (opens.remove(open.owner(), open)) {
      uncount(open);
    }
    if (locks != null) {
      locks.waiters().removeOf(open);
    }
  }

  private static boolean anyHas(int[] counts, int mode) {
    for (int m = 1; m < counts.length; m++) {
      if ((m & mode) != 0 && counts[m] > 0) {
        return true;
      }
    }
    return false;
  }
}
