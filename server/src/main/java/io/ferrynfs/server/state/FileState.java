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
 * What is open of one file, and copied into it. Its monitor guards it and every entry of the file;
 * it is held for a few instructions only, never while a volume works.
 */
final class FileState {
  private final FileKey key;
  private final Map<OwnerKey, OpenState> opens = new HashMap<>();

  /** How many opens have each access and deny mode, by mode. */
  private final int[] accesses = new int[4];

  private final int[] denies = new int[4];

  /** How many copies into this file are under way or not yet told of. */
  private int offloads;

  private final FileDelegations delegations = new FileDelegations();
  private final SharedFiles shared = new SharedFiles();

  /** The byte-range locks, once there was one; all of them stand on opens. */
  private @Nullable FileLocks locks;

  /** Set when all that went and the table forgot this object. */
  private boolean forgotten;

  FileState(FileKey key) {
    this.key = key;
  }

  FileKey key() {
    return key;
  }

  boolean isForgotten() {
    return forgotten;
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

  /** Whether a client other than this one has it open to write. */
  boolean isWrittenByOthers(long clientid) {
    return anyHas(accesses, ShareBits.WRITE)
        && opens.values().stream()
            .anyMatch(
                open -> open.clientid() != clientid && (open.access() & ShareBits.WRITE) != 0);
  }

  @Nullable FileLocks locksIfAny() {
    return locks;
  }

  /** Its locks, made when there are none. */
  FileLocks locks(Supplier<FileLocks> none) {
    if (locks == null) {
      locks = none.get();
    }
    return locks;
  }

  void offloadCame() {
    offloads++;
  }

  void offloadGone() {
    offloads--;
  }

  void forget() {
    forgotten = true;
  }

  @Nullable OpenState find(OwnerKey owner) {
    return opens.get(owner);
  }

  /**
   * Whether an OPEN is compatible with all that is open, the asking owner's own opens included (RFC
   * RFC 8881 section 9.7: "with no exception for an existing OPEN for the same open-owner").
   */
  boolean allows(int access, int deny) {
    return !anyHas(denies, access) && !anyHas(accesses, deny);
  }

  /** The clients whose opens an OPEN is not compatible with; its own may be among them. */
  Set<Long> conflicting(int access, int deny) {
    return holders(open -> (open.deny() & access) != 0 || (open.access() & deny) != 0);
  }

  /** The clients that deny this access. */
  Set<Long> denying(int access) {
    return holders(open -> (open.deny() & access) != 0);
  }

  private Set<Long> holders(Predicate<OpenState> isMet) {
    return opens.values().stream()
        .filter(isMet)
        .map(OpenState::clientid)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Lends a file of any open, one that this user writes by if there is one; null for none. */
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

  /** Whether some open denies this access. */
  boolean denies(int access) {
    return anyHas(denies, access);
  }

  /** Counts an open's modes, which are as they are now. */
  void count(OpenState open) {
    opens.put(open.owner(), open);
    accesses[open.access()]++;
    denies[open.deny()]++;
  }

  /** Undoes {@link #count} before the modes change. */
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
