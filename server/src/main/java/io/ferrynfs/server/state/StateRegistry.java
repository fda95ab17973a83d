package io.ferrynfs.server.state;

import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.state.ClientStates.Added;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The registry of all stateids: it registers, finds and ends state entries of every kind.
 *
 * <p>Lock order: the monitor of a {@link FileState} comes first. The monitor of a {@link
 * ClientStates}, a {@link NotifyRegistry} or a {@link DelegationRegistry} comes second. A thread
 * holds at most one lock of either rank. It holds none while it closes files or calls clients.
 */
final class StateRegistry {
  private static final FairShare SHARE = new FairShare(4, 16);

  private final ServerLimits limits;
  private final RandomSource random;
  private final Consumer<FileState> rangesFreed;
  private final ConcurrentMap<Opaque, StateEntry> entries = new ConcurrentHashMap<>();
  private final ConcurrentMap<FileKey, FileState> files = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, ClientStates> clients = new ConcurrentHashMap<>();

  /**
   * @param rangesFreed receives each file whose byte-range locks may have been released; called
   *     under no lock
   */
  StateRegistry(ServerLimits limits, RandomSource random, Consumer<FileState> rangesFreed) {
    this.limits = limits;
    this.random = random;
    this.rangesFreed = rangesFreed;
  }

  /** Lets a confirmed client hold state. */
  void addClient(long clientid) {
    clients.putIfAbsent(clientid, new ClientStates());
  }

  /** Removes a client and ends all of its state. */
  void removeClient(long clientid) {
    ClientStates held = clients.remove(clientid);
    if (held != null) {
      held.end().forEach(this::remove);
    }
  }

  /** Returns the state of a client, or null for an unknown client. */
  @Nullable ClientStates client(long clientid) {
    return clients.get(clientid);
  }

  /** Returns the number of stateids, the files that have one and the clients that may. */
  StateSizes sizes() {
    return new StateSizes(entries.size(), files.size(), clients.size());
  }

  /** Returns all entries; weakly consistent. */
  Iterable<StateEntry> entries() {
    return entries.values();
  }

  /** Returns the state of a file, or null if the file has none. */
  @Nullable FileState file(FileKey key) {
    return files.get(key);
  }

  /** Returns the entry of any client that has this stateid, or null. */
  @Nullable StateEntry entry(Stateid4 stateid) {
    return entries.get(stateid.other());
  }

  /** An action on a file, run under the file's lock. */
  @FunctionalInterface
  interface Locked<T> {
    T run(FileState file) throws NfsStatusException;
  }

  /** Runs an action under the lock of a file, which it creates if the file has no state yet. */
  <T> T at(FileKey key, Locked<T> action) throws NfsStatusException {
    while (true) {
      FileState file = files.computeIfAbsent(key, FileState::new);
      synchronized (file) {
        if (!file.isDiscarded()) {
          try {
            return action.run(file);
          } finally {
            discardIfEmpty(file);
          }
        }
      }
    }
  }

  /** Removes a file without state from the registry. Called under the file's lock. */
  void discardIfEmpty(FileState file) {
    if (file.isEmpty()) {
      file.discard();
      files.remove(file.key(), file);
    }
  }

  /**
   * Registers a new entry.
   *
   * @throws NfsStatusException {@code whenFull} at the client's limit of stateids; NFS4ERR_EXPIRED
   *     if the client has just been removed
   */
  void register(StateEntry entry, Nfsstat4 whenFull) throws NfsStatusException {
    ClientStates held = clients.get(entry.clientid());
    switch (held == null ? Added.GONE : held.add(entry, entriesMax())) {
      case OK -> entries.put(entry.other(), entry);
      case FULL -> throw new NfsStatusException(whenFull);
      case GONE -> throw new NfsStatusException(Nfsstat4.NFS4ERR_EXPIRED);
    }
  }

  private int entriesMax() {
    int fair = SHARE.of(limits.stateidsTotalMax() - entries.size());
    return Math.min(limits.stateidsPerClientMax(), fair);
  }

  /**
   * Returns an {@code other} that no entry has. It has 96 random bits, so that a client cannot
   * guess the stateid of another client.
   */
  Opaque freshOther() {
    Opaque other;
    do {
      other = Opaque.of(random.bytes(Stateids.OTHER_BYTES));
    } while (Stateids.isSpecial(new Stateid4(0, other)) || entries.containsKey(other));
    return other;
  }

  /**
   * Finds a stateid of a client on a file.
   *
   * @throws NfsStatusException NFS4ERR_BAD_STATEID for an unknown stateid, another client or
   *     another file
   */
  StateEntry find(long clientid, FileKey file, Stateid4 stateid) throws NfsStatusException {
    StateEntry entry = find(clientid, stateid);
    if (!entry.key().equals(file)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    return entry;
  }

  /**
   * Finds a stateid of a client on any file.
   *
   * @throws NfsStatusException NFS4ERR_BAD_STATEID for an unknown stateid or another client
   */
  StateEntry find(long clientid, Stateid4 stateid) throws NfsStatusException {
    StateEntry entry = entries.get(stateid.other());
    if (entry == null || entry.clientid() != clientid) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    return entry;
  }

  /**
   * Checks that an entry is still registered and that the seqid is its current one. Called under
   * the file's lock.
   *
   * @throws NfsStatusException NFS4ERR_BAD_STATEID if the entry ended or the seqid is in the
   *     future; NFS4ERR_OLD_STATEID
   */
  void checkSeqid(StateEntry entry, Stateid4 stateid) throws NfsStatusException {
    if (entries.get(entry.other()) != entry) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    switch (entry.match(stateid.seqid())) {
      case CURRENT -> {}
      case OLD -> throw new NfsStatusException(Nfsstat4.NFS4ERR_OLD_STATEID);
      case FUTURE -> throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
  }

  /**
   * Returns the entry if it is an open.
   *
   * @throws NfsStatusException NFS4ERR_BAD_STATEID for another kind; the status of its revocation
   *     for a revoked stateid
   */
  static OpenState openState(StateEntry entry) throws NfsStatusException {
    if (accessState(entry) instanceof OpenState open) {
      return open;
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  /**
   * Returns the entry if it allows READ or WRITE: an open, a lock or a delegation. The stateids of
   * copies serve no other purpose (RFC 7862 section 4.8).
   *
   * @throws NfsStatusException NFS4ERR_BAD_STATEID for another kind; the status of its revocation
   *     for a revoked stateid
   */
  static StateEntry accessState(StateEntry entry) throws NfsStatusException {
    return switch (entry) {
      case OpenState _, LockState _, DelegationState _ -> entry;
      case OffloadState _, NotifyState _ ->
          throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
      case RevokedState revoked -> throw new NfsStatusException(revoked.why().status());
    };
  }

  /** Ends an entry and its children. Returns false if it had ended before. */
  boolean remove(StateEntry entry) {
    return end(entry, null);
  }

  /**
   * Ends an entry and its children. Called under no lock.
   *
   * @param why the reason of a revocation; null if the client gave the state up
   * @return false if the entry had ended before
   */
  boolean end(StateEntry entry, @Nullable Revocation why) {
    List<StateEntry> removed = new ArrayList<>();
    synchronized (entry.file()) {
      detach(entry, why, removed);
    }
    release(removed);
    return !removed.isEmpty();
  }

  /**
   * Takes an entry and its children out of all tables. Every entry ends here. Called under the
   * file's lock.
   *
   * @param why the reason of a revocation; null if the client gave the state up
   * @param removed receives the entries, which the caller passes to {@link #release}
   */
  void detach(StateEntry entry, @Nullable Revocation why, List<StateEntry> removed) {
    RevokedState trace = why != null && entry.leavesTrace() ? new RevokedState(entry, why) : null;
    if (takeOut(entry, trace)) {
      List.copyOf(entry.children()).forEach(child -> detach(child, why, removed));
      entry.detach();
      ClientStates holder = clients.get(entry.clientid());
      if (holder != null && trace == null) {
        holder.remove(entry);
      } else if (trace != null && (holder == null || !holder.replace(entry, trace))) {
        entries.remove(trace.other(), trace);
      }
      discardIfEmpty(entry.file());
      removed.add(entry);
    }
  }

  private boolean takeOut(StateEntry entry, @Nullable RevokedState trace) {
    return trace == null
        ? entries.remove(entry.other(), entry)
        : entries.replace(entry.other(), entry, trace);
  }

  /** Releases the resources of detached entries. Called under no lock. */
  void release(List<StateEntry> removed) {
    removed.forEach(StateEntry::release);
    removed.stream().map(StateEntry::file).distinct().forEach(rangesFreed);
  }
}
