package io.ferrynfs.server.state;

import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The byte-range locks of one file, guarded by the monitor of its {@link FileState}.
 *
 * <p>The locks have POSIX semantics: the last LOCK or LOCKU of an owner sets the state of each byte
 * for that owner (RFC 8881 sections 9.3, 9.5). Adjacent ranges of the same kind are one range, so
 * LOCKT does not depend on the way in which a client locked them.
 */
final class FileLocks {
  private static final Comparator<Long> UNSIGNED = Long::compareUnsigned;

  /** A lock-owner has a stateid for each open. */
  private record StateKey(OpenState open, Opaque owner) {}

  private final RangeTree all;
  private final Map<OwnerKey, NavigableMap<Long, LockedRange>> byOwner = new HashMap<>();
  private final Map<StateKey, LockState> states = new HashMap<>();
  private final LockWaiters waiters;
  private final ClientCount rangesPerClient;

  FileLocks(RandomSource random, ClientCount rangesPerClient, LockWaiters waiters) {
    all = new RangeTree(random);
    this.rangesPerClient = rangesPerClient;
    this.waiters = waiters;
  }

  LockWaiters waiters() {
    return waiters;
  }

  int size() {
    return all.size();
  }

  @Nullable LockState find(OpenState open, Opaque owner) {
    return states.get(new StateKey(open, owner));
  }

  void add(LockState state) {
    states.put(new StateKey(state.open(), state.owner().owner()), state);
  }

  /** Removes a lock stateid and the ranges that it locked. */
  void remove(LockState state) {
    states.remove(new StateKey(state.open(), state.owner().owner()), state);
    if (state.ranges() > 0) {
      List<LockedRange> held =
          ranges(state.owner()).values().stream().filter(range -> range.holder() == state).toList();
      apply(new LockChange(held, List.of()));
    }
  }

  /** Returns a conflicting lock of another owner, or null. */
  @Nullable LockedRange conflict(OwnerKey owner, ByteRange wanted, boolean exclusive) {
    return all.conflict(owner, wanted, exclusive);
  }

  /**
   * Returns the clients of all owners with conflicting locks, possibly including the client itself.
   */
  Set<Long> holders(OwnerKey owner, ByteRange wanted, boolean exclusive) {
    Set<Long> clientids = new HashSet<>();
    all.forEachConflict(owner, wanted, exclusive, held -> clientids.add(held.holder().clientid()));
    return clientids;
  }

  /** Returns the change that locks a range. */
  LockChange locking(LockState state, ByteRange wanted, boolean exclusive) {
    NavigableMap<Long, LockedRange> held = ranges(state.owner());
    LockChange change = clearing(held, wanted);
    ByteRange merged = wanted;
    // The new range merges with the remaining pieces and with adjacent ranges of the same kind.
    for (LockedRange piece : List.copyOf(change.added())) {
      if (piece.isLike(state, exclusive)) {
        change.added().remove(piece);
        merged = union(merged, piece.range());
      }
    }
    for (LockedRange neighbour : neighbours(held, wanted)) {
      if (neighbour.isLike(state, exclusive)) {
        change.removed().add(neighbour);
        merged = union(merged, neighbour.range());
      }
    }
    change.added().add(new LockedRange(state, merged, exclusive));
    return change;
  }

  /** Returns the change that unlocks a range of an owner, for all of its stateids. */
  LockChange unlocking(OwnerKey owner, ByteRange wanted) {
    return clearing(ranges(owner), wanted);
  }

  private static LockChange clearing(NavigableMap<Long, LockedRange> held, ByteRange wanted) {
    List<LockedRange> removed = new ArrayList<>();
    List<LockedRange> left = new ArrayList<>(3);
    Map.Entry<Long, LockedRange> entry = held.floorEntry(wanted.first());
    if (entry == null) {
      entry = held.ceilingEntry(wanted.first());
    }
    while (entry != null && !wanted.isBefore(entry.getValue().range())) {
      LockedRange found = entry.getValue();
      if (found.range().overlaps(wanted)) {
        removed.add(found);
        addRest(found, wanted, left);
      }
      entry = held.higherEntry(entry.getKey());
    }
    return new LockChange(removed, left);
  }

  private static void addRest(LockedRange found, ByteRange taken, List<LockedRange> left) {
    ByteRange range = found.range();
    if (Long.compareUnsigned(range.first(), taken.first()) < 0) {
      ByteRange before = new ByteRange(range.first(), taken.first() - 1);
      left.add(new LockedRange(found.holder(), before, found.exclusive()));
    }
    if (Long.compareUnsigned(range.last(), taken.last()) > 0) {
      ByteRange after = new ByteRange(taken.last() + 1, range.last());
      left.add(new LockedRange(found.holder(), after, found.exclusive()));
    }
  }

  private static List<LockedRange> neighbours(
      NavigableMap<Long, LockedRange> held, ByteRange wanted) {
    List<LockedRange> found = new ArrayList<>(2);
    Map.Entry<Long, LockedRange> before = held.lowerEntry(wanted.first());
    if (before != null && before.getValue().range().precedes(wanted)) {
      found.add(before.getValue());
    }
    LockedRange after = wanted.last() == ByteRange.END ? null : held.get(wanted.last() + 1);
    if (after != null) {
      found.add(after);
    }
    return found;
  }

  private static ByteRange union(ByteRange one, ByteRange other) {
    return one.isBefore(other)
        ? new ByteRange(one.first(), other.last())
        : new ByteRange(other.first(), one.last());
  }

  private NavigableMap<Long, LockedRange> ranges(OwnerKey owner) {
    NavigableMap<Long, LockedRange> held = byOwner.get(owner);
    return held == null ? new TreeMap<>(UNSIGNED) : held;
  }

  /** Makes a change that was found to be allowed, and was counted if it makes more ranges. */
  void apply(LockChange change) {
    for (LockedRange range : change.removed()) {
      OwnerKey owner = range.holder().owner();
      NavigableMap<Long, LockedRange> held = ranges(owner);
      held.remove(range.range().first());
      if (held.isEmpty()) {
        byOwner.remove(owner);
      }
      all.remove(range);
      range.holder().rangesChanged(-1);
    }
    for (LockedRange range : change.added()) {
      byOwner
          .computeIfAbsent(range.holder().owner(), _ -> new TreeMap<>(UNSIGNED))
          .put(range.range().first(), range);
      all.add(range);
      range.holder().rangesChanged(1);
    }
    if (change.growth() < 0) {
      rangesPerClient.remove(change.removed().getFirst().holder().clientid(), -change.growth());
    }
  }
}
