package io.ferrynfs.client.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.nio.channels.OverlappingFileLockException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The ranges that one open file has locked or requested, and the stateid of its locks. Safe for use
 * by several threads; sends nothing.
 */
final class HeldRanges {

  @GuardedBy("this")
  private final Map<HeldRange, State> ranges = new LinkedHashMap<>();

  @GuardedBy("this")
  private @Nullable Stateid4 stateid;

  private static final class State {
    boolean granted;
    boolean lost;

    /** Completes when the server no longer knows a range whose request was withdrawn. */
    @Nullable CompletableFuture<?> withdrawn;

    boolean isHeld() {
      return granted && !lost;
    }
  }

  /**
   * A range that was added.
   *
   * @param overlapsGone completes when the withdrawn ranges that overlap it are gone
   */
  record Added(HeldRange range, CompletableFuture<Void> overlapsGone) {}

  /**
   * Adds a range that is about to be requested.
   *
   * @throws OverlappingFileLockException if another range overlaps it and is not withdrawn
   */
  synchronized Added add(long offset, long length, boolean shared) {
    List<CompletableFuture<?>> leaving = new ArrayList<>();
    ranges.forEach((other, state) -> {
      if (other.overlaps(offset, length)) {
        if (state.withdrawn == null) {
          throw new OverlappingFileLockException();
        }
        leaving.add(state.withdrawn);
      }
    });
    HeldRange range = new HeldRange(offset, length, shared);
    ranges.put(range, new State());
    return new Added(range, CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new)));
  }

  synchronized void remove(HeldRange range) {
    ranges.remove(range);
  }

  /** Marks a range whose request is being withdrawn. */
  synchronized void withdraw(HeldRange range, CompletableFuture<?> withdrawn) {
    State state = ranges.get(range);
    if (state != null) {
      state.withdrawn = withdrawn;
    }
  }

  /** Records that the server granted a range. */
  synchronized void granted(HeldRange range, Stateid4 locks) {
    stateid = locks;
    State state = ranges.get(range);
    if (state != null) {
      state.granted = true;
    }
  }

  /** Returns whether the server holds the lock, as far as this client knows. */
  synchronized boolean isHeld(HeldRange range) {
    State state = ranges.get(range);
    return state != null && state.isHeld();
  }

  /**
   * Removes a range. Returns the stateid to unlock it with; null if the server does not hold it.
   */
  synchronized @Nullable Stateid4 release(HeldRange range) {
    State state = ranges.remove(range);
    return state != null && state.isHeld() ? stateid : null;
  }

  /** Records the stateid that LOCKU returned. */
  synchronized void unlocked(Stateid4 locks) {
    if (stateid != null && stateid.other().equals(locks.other())) {
      stateid = locks;
    }
  }

  /** Removes all ranges. Returns the stateid of the locks; null if there are none. */
  synchronized @Nullable Stateid4 releaseAll() {
    Stateid4 locks = stateid;
    stateid = null;
    ranges.clear();
    return locks;
  }

  /**
   * Returns the stateid to read and write with; null if no range is locked.
   *
   * @throws CallException if a lock was lost and its holder has not closed it
   */
  synchronized @Nullable Stateid4 usable() throws CallException {
    for (Map.Entry<HeldRange, State> range : ranges.entrySet()) {
      if (range.getValue().lost) {
        throw CallException.of(
            Kind.STATE_LOST,
            "the lock was lost ("
                + range.getKey()
                + "): the server discarded it, and others may have changed the file since; release"
                + " it to continue");
      }
    }
    return stateidIfLocked();
  }

  /** Returns the stateid if a range is locked, whether or not another lock was lost. */
  synchronized @Nullable Stateid4 stateidIfLocked() {
    return ranges.values().stream().anyMatch(state -> state.granted) ? stateid : null;
  }

  /** Returns the stateid of the locks, even if none is held; null if there never was one. */
  synchronized @Nullable Stateid4 stateid() {
    return stateid;
  }

  /**
   * Marks all locks as lost because the server does not know their stateid.
   *
   * @return false if the stateid is not that of the locks
   */
  synchronized boolean lose(Stateid4 unknown) {
    if (stateid == null || !stateid.other().equals(unknown.other())) {
      return false;
    }
    loseAll();
    return true;
  }

  /**
   * Marks all locks as lost because the open was lost. They are not requested again, because
   * another owner may have held them in between.
   */
  synchronized void loseAll() {
    stateid = null;
    for (State state : ranges.values()) {
      state.lost |= state.granted;
    }
  }

  /** Forgets the stateid after a restart of the server. Returns the ranges to reclaim. */
  synchronized List<HeldRange> beginReclaim() {
    stateid = null;
    return ranges.entrySet().stream()
        .filter(range -> range.getValue().isHeld())
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Records the result of a reclaim.
   *
   * @param locks the stateid of the locks, null if the server refused the reclaim
   */
  synchronized void reclaimed(HeldRange range, @Nullable Stateid4 locks) {
    State state = ranges.get(range);
    if (locks != null) {
      stateid = locks;
    } else if (state != null) {
      state.lost = true;
    }
  }
}
