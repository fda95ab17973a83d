package io.ferrynfs.server.state;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.server.ClientHoldings;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.state.ClientStates.Added;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * All stateids of this server.
 *
 * <p>Stateid arguments are what {@code CompoundContext.resolve} returned: never the current-stateid
 * form. The order of checks is RFC 8881 section 8.2.4's: unknown, other file, other client, wrong
 * kind (all NFS4ERR_BAD_STATEID), then the seqid. A stateid of an earlier instance of the server is
 * simply unknown, because the session tells the client about the restart first (15.1.16.5).
 *
 * <p>{@code other} is 96 random bits, so that no client can guess another's.
 *
 * <p>Locks: a file's, then a client's or that of {@link NotifyRegistry} or {@link
 * DelegationRegistry}; no two of either. Files are closed and clients called under no lock.
 */
public final class StateTable {
  private static final FairShare SHARE = new FairShare(4, 16);

  private final ServerLimits limits;
  private final RandomSource random;
  private final NotifyTable notifies;
  private final DelegationTable delegations;
  private final LockTable locks;
  private final ConcurrentMap<Opaque, StateEntry> entries = new ConcurrentHashMap<>();
  private final ConcurrentMap<FileKey, FileState> files = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, ClientStates> clients = new ConcurrentHashMap<>();
  private final ConflictResolver encounters = new ConflictResolver(this);
  private final OpenFiles openFiles = new OpenFiles(encounters);

  /** An empty table. */
  public StateTable(ServerLimits limits, Env env) {
    this.limits = limits;
    random = env.random();
    notifies = new NotifyTable(this, limits, env.ticker());
    delegations = new DelegationTable(this, limits, env.ticker());
    locks = new LockTable(this, limits, env);
  }

  /** Who decides whether the clients give way that an operation meets; set once, at the start. */
  public void setCourtesy(Courtesy decider) {
    encounters.setCourtesy(decider);
  }

  /** Where operations meet what others hold. */
  ConflictResolver encounters() {
    return encounters;
  }

  /** A client was confirmed: from now on it may hold state. */
  public void addClient(long clientid) {
    clients.putIfAbsent(clientid, new ClientStates());
  }

  /** The client is gone: ends all it held. */
  public void removeClient(long clientid) {
    ClientStates held = clients.remove(clientid);
    if (held != null) {
      held.end().forEach(entry -> remove(entry));
    }
  }

  /** How many stateids the client keeps when its lease runs out, as long as nobody minds. */
  public int kept(long clientid) {
    ClientStates held = clients.get(clientid);
    return held == null ? 0 : held.kept();
  }

  /** How many stateids of each kind the client has. */
  public ClientHoldings holdings(long clientid) {
    ClientStates held = clients.get(clientid);
    return held == null ? ClientHoldings.NONE : held.holdings();
  }

  /**
   * Ends what goes with the client's lease even when the rest stays. What the client comes to hold
   * after this call is not ended by the result: it is for whoever finds after it that the lease has
   * run out.
   */
  public Runnable endingOfLease(long clientid) {
    ClientStates held = clients.get(clientid);
    List<StateEntry> entries = held == null ? List.of() : held.boundToLease();
    return () -> entries.forEach(this::remove);
  }

  /**
   * True when the client holds anything (DESTROY_CLIENTID answers NFS4ERR_CLIENTID_BUSY); a copy
   * that has ended does not count.
   */
  public boolean holdsState(long clientid) {
    ClientStates held = clients.get(clientid);
    return held != null && held.holdsClient();
  }

  /** The status flags of SEQUENCE about what the client has lost. */
  public long statusFlags(long clientid) {
    ClientStates held = clients.get(clientid);
    return held == null ? 0 : held.statusFlags();
  }

  /** How many files clients have open. */
  public OpenFiles openFiles() {
    return openFiles;
  }

  /** What COPY_NOTIFY gave. */
  public NotifyTable notifies() {
    return notifies;
  }

  /** The delegations. */
  public DelegationTable delegations() {
    return delegations;
  }

  /** How many stateids there are. */
  public int size() {
    return entries.size();
  }

  /** How large its tables are. */
  public StateSizes sizes() {
    return new StateSizes(entries.size(), files.size(), clients.size());
  }

  /** The byte-range locks. */
  public LockTable locks() {
    return locks;
  }

  /**
   * Checks the share reservation (RFC 8881 section 9.7: also against the same owner's own opens)
   * and makes or upgrades the open state.
   *
   * @throws NfsStatusException NFS4ERR_SHARE_DENIED; NFS4ERR_DELAY when that is about to end, and
   *     while others have delegations, which are recalled; NFS4ERR_NOSPC at the client's limit;
   *     NFS4ERR_EXPIRED when the client has just gone. The file was closed
   */
  public OpenResult open(OpenRequest request) throws NfsStatusException {
    SharedFile opened = new SharedFile(request.opened(), openFiles);
    try {
      return encounters.run(
          after -> at(request.file(), file -> open(request, file, opened, after)));
    } finally {
      opened.release();
    }
  }

  /** What is done with a file under its lock. */
  @FunctionalInterface
  interface Locked<T> {
    T run(FileState file) throws NfsStatusException;
  }

  <T> T at(FileKey key, Locked<T> action) throws NfsStatusException {
    while (true) {
      FileState file = files.computeIfAbsent(key, FileState::new);
      synchronized (file) {
        if (!file.isForgotten()) {
          try {
            return action.run(file);
          } finally {
            forgetIfEmpty(file);
          }
        }
      }
    }
  }

  private OpenResult open(
      OpenRequest request, FileState file, SharedFile opened, DeferredWork after)
      throws NfsStatusException {
    if (!file.allows(request.access(), request.deny())) {
      after.meet(file.conflicting(request.access(), request.deny()));
      throw new NfsStatusException(Nfsstat4.NFS4ERR_SHARE_DENIED);
    }
    if (request.breaksDelegations()) {
      delegations.recallFromOthers(file, request.clientid(), after);
    }
    OwnerKey owner = new OwnerKey(request.clientid(), request.owner());
    OpenState known = file.find(owner);
    OpenState open;
    if (known == null) {
      open = new OpenState(owner, file, freshOther());
      register(open, Nfsstat4.NFS4ERR_NOSPC);
    } else {
      open = known;
      open.advance();
      file.uncount(open);
    }
    open.grant(request.access(), request.deny(), request.uid(), opened, request.opener());
    file.count(open);
    return new OpenResult(
        open.stateid(), known == null, delegations.grant(open, request.offer(), after));
  }

  /**
   * Takes away all that a client holds; it stays a client, and learns of it by the stateids and by
   * SEQUENCE.
   */
  public void revokeAll(long clientid, Revocation why) {
    ClientStates held = clients.get(clientid);
    if (held != null) {
      List<StateEntry> all = held.all();
      all.forEach(entry -> end(entry, why));
      if (why == Revocation.LEASE_EXPIRED) {
        held.lostAll();
      }
    }
  }

  /**
   * The administrator takes away what some clients, by clientid, hold of some files. Copies into
   * them go on: they are ended where they are made, which tells their clients.
   */
  public void revoke(BiPredicate<Long, FileKey> which) {
    for (StateEntry entry : entries.values()) {
      boolean isHeld = !(entry instanceof OffloadState || entry instanceof RevokedState);
      if (isHeld && which.test(entry.clientid(), entry.key())) {
        end(entry, Revocation.ADMINISTRATIVE);
      }
    }
  }

  /**
   * CLOSE: ends an open state, and with it the byte-range locks and notices that stand on it, which
   * RFC 8881 section 18.2.3 lets a server do, and Linux' does.
   *
   * @return the stateid to answer: the invalid special one (RFC 8881 section 18.2.4)
   */
  public Stateid4 close(long clientid, FileKey file, Stateid4 stateid) throws NfsStatusException {
    OpenState open = openState(find(clientid, file, stateid));
    List<StateEntry> removed = new ArrayList<>();
    synchronized (open.file()) {
      checkSeqid(open, stateid);
      detach(open, removed);
    }
    release(removed);
    return Stateids.INVALID;
  }

  /**
   * OPEN_DOWNGRADE.
   *
   * @throws NfsStatusException NFS4ERR_INVAL when the new modes are no union of modes that were
   *     opened
   */
  public Stateid4 downgrade(long clientid, FileKey file, Stateid4 stateid, int access, int deny)
      throws NfsStatusException {
    OpenState open = openState(find(clientid, file, stateid));
    synchronized (open.file()) {
      checkSeqid(open, stateid);
      open.file().uncount(open);
      boolean done = open.downgrade(access, deny);
      open.file().count(open);
      if (!done) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
      }
      open.advance();
      return open.stateid();
    }
  }

  /**
   * The open file behind a READ's stateid, or one opened just for it when the stateid is special.
   *
   * @throws NfsStatusException also NFS4ERR_OPENMODE, and NFS4ERR_LOCKED when a special stateid
   *     meets a deny mode, NFS4ERR_DELAY when that is about to end; the one that bypasses locks
   *     does not
   */
  public FileUse forRead(long clientid, FileKey file, Stateid4 stateid, TransientOpen opener)
      throws NfsStatusException, StorageException {
    if (Stateids.isSpecial(stateid)) {
      checkSpecial(stateid);
      if (!stateid.equals(Stateids.READ_BYPASS)) {
        checkNotDenied(file, ShareBits.READ, Nfsstat4.NFS4ERR_LOCKED);
      }
      return openFiles.use(clientid, opener);
    }
    StateEntry held = accessState(find(clientid, file, stateid));
    synchronized (held.file()) {
      checkSeqid(held, stateid);
      return reader(held).use().openedBy(held.openedBy());
    }
  }

  /**
   * The same for WRITE and for SETATTR of the size; no stateid bypasses a deny mode here. As long
   * as the file is used it counts as changing.
   *
   * @throws NfsStatusException also NFS4ERR_DELAY, when a special stateid meets delegations of
   *     others
   */
  public FileUse forWrite(long clientid, FileKey file, Stateid4 stateid, TransientOpen opener)
      throws NfsStatusException, StorageException {
    if (Stateids.isSpecial(stateid)) {
      checkSpecial(stateid);
      checkNotDenied(file, ShareBits.WRITE, Nfsstat4.NFS4ERR_LOCKED);
      FileChange change = delegations.change(clientid, file);
      return FileUse.changing(() -> openFiles.use(clientid, opener), change);
    }
    StateEntry held = accessState(find(clientid, file, stateid));
    synchronized (held.file()) {
      checkSeqid(held, stateid);
      SharedFile writer = held.writer();
      if (writer == null) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_OPENMODE);
      }
      return writer.use(delegations.begin(held.file())::close).openedBy(held.openedBy());
    }
  }

  /** A file that is open in some mode, rather by this user to write; null when nobody has it. */
  public @Nullable FileUse anyUse(FileKey key, long uid) {
    FileState file = files.get(key);
    if (file == null) {
      return null;
    }
    synchronized (file) {
      return file.anyUse(uid);
    }
  }

  /**
   * For what needs that nobody has the file open and denies others to write.
   *
   * @throws NfsStatusException NFS4ERR_FILE_OPEN; NFS4ERR_DELAY when that is about to end
   */
  public void checkNotWriteDenied(FileKey key) throws NfsStatusException {
    checkNotDenied(key, ShareBits.WRITE, Nfsstat4.NFS4ERR_FILE_OPEN);
  }

  /**
   * COPY was answered asynchronously: gives the copy a stateid, with seqid 1 (RFC 7862 section
   * 4.8). From now on the client may ask for it, cancel it and go.
   *
   * @param target the file that is written to
   * @throws NfsStatusException NFS4ERR_NOSPC at the client's limit of stateids; NFS4ERR_EXPIRED
   *     when it has just gone. The copy is not told
   */
  public Stateid4 addOffload(long clientid, FileKey target, Offload offload)
      throws NfsStatusException {
    return at(
        target,
        file -> {
          OffloadState entry = new OffloadState(clientid, file, freshOther(), offload);
          register(entry, Nfsstat4.NFS4ERR_NOSPC);
          file.offloadCame();
          return entry.stateid();
        });
  }

  /**
   * The copy behind a stateid of OFFLOAD_STATUS or OFFLOAD_CANCEL. Only {@code other} is compared,
   * as copies do not change their seqid; but 0 is never one (RFC 7862 section 4.8).
   *
   * @throws NfsStatusException NFS4ERR_BAD_STATEID, also for another file's and another client's
   */
  public Offload offload(long clientid, FileKey target, Stateid4 stateid)
      throws NfsStatusException {
    if (stateid.seqid() != 0 && find(clientid, target, stateid) instanceof OffloadState entry) {
      return entry.offload();
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  /**
   * Nobody will ask for a copy any more: it was cancelled, or its client knows how it ended.
   *
   * @return false when its stateid had gone already
   */
  public boolean removeOffload(Stateid4 stateid) {
    return entries.get(stateid.other()) instanceof OffloadState entry && remove(entry);
  }

  /**
   * Forgets the stateids of COPY_NOTIFY whose time is long over, and takes away the delegations
   * that were not returned.
   */
  public void reap() {
    notifies.reap();
    delegations.reap();
  }

  /** TEST_STATEID of one stateid. */
  public Nfsstat4 test(long clientid, Stateid4 stateid) {
    try {
      StateEntry entry = accessState(find(clientid, stateid));
      synchronized (entry.file()) {
        checkSeqid(entry, stateid);
      }
      return Nfsstat4.NFS4_OK;
    } catch (NfsStatusException refused) {
      return refused.status();
    }
  }

  /**
   * FREE_STATEID of a lock stateid without locks, or of one that was revoked, as the client knows
   * by now (RFC 8881 section 18.38). An open stateid always has its open with it, and a delegation
   * is returned, so there is nothing to free.
   *
   * @throws NfsStatusException NFS4ERR_LOCKS_HELD, or what the stateid is refused with
   */
  public void free(long clientid, Stateid4 stateid) throws NfsStatusException {
    StateEntry entry = find(clientid, stateid);
    if (entry instanceof RevokedState) {
      remove(entry);
      return;
    }
    StateEntry held = accessState(entry);
    List<StateEntry> removed = new ArrayList<>();
    synchronized (held.file()) {
      checkSeqid(held, stateid);
      if (!(held instanceof LockState lock) || lock.ranges() > 0) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_LOCKS_HELD);
      }
      detach(held, removed);
    }
    release(removed);
  }

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

  /** The one way an entry ends: itself, and first what stands on it. */
  boolean remove(StateEntry entry) {
    return end(entry, null);
  }

  /** The same, of its own accord or because it is revoked. */
  boolean end(StateEntry entry, @Nullable Revocation why) {
    List<StateEntry> removed = new ArrayList<>();
    synchronized (entry.file()) {
      detach(entry, why, removed);
    }
    release(removed);
    return !removed.isEmpty();
  }

  private void detach(StateEntry entry, List<StateEntry> removed) {
    detach(entry, null, removed);
  }

  /** What there is of a file; null when nothing is. */
  @Nullable FileState fileState(FileKey key) {
    return files.get(key);
  }

  /** Whatever has this stateid, of any client; null when nothing has. */
  @Nullable StateEntry entry(Stateid4 stateid) {
    return entries.get(stateid.other());
  }

  /** Called under no lock, for files are closed, and clients told that a lock may be free. */
  void release(List<StateEntry> removed) {
    removed.forEach(StateEntry::release);
    removed.stream().map(StateEntry::file).distinct().forEach(locks::wake);
  }

  /** Called under the file's lock; what it collects is released under none. */
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
      forgetIfEmpty(entry.file());
      removed.add(entry);
    }
  }

  private boolean takeOut(StateEntry entry, @Nullable RevokedState trace) {
    return trace == null
        ? entries.remove(entry.other(), entry)
        : entries.replace(entry.other(), entry, trace);
  }

  void forgetIfEmpty(FileState file) {
    if (file.isEmpty()) {
      file.forget();
      files.remove(file.key(), file);
    }
  }

  StateEntry find(long clientid, FileKey file, Stateid4 stateid) throws NfsStatusException {
    StateEntry entry = find(clientid, stateid);
    if (!entry.key().equals(file)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    return entry;
  }

  private StateEntry find(long clientid, Stateid4 stateid) throws NfsStatusException {
    StateEntry entry = entries.get(stateid.other());
    if (entry == null || entry.clientid() != clientid) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    return entry;
  }

  /** A stateid that stands for an open. */
  static OpenState openState(StateEntry entry) throws NfsStatusException {
    if (accessState(entry) instanceof OpenState open) {
      return open;
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  /**
   * A stateid to read and write with: of an open, a lock or a delegation. Those of copies serve
   * nothing else (RFC 7862 section 4.8), and what was revoked says so.
   */
  static StateEntry accessState(StateEntry entry) throws NfsStatusException {
    return switch (entry) {
      case OpenState _, LockState _, DelegationState _ -> entry;
      case OffloadState _, NotifyState _ ->
          throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
      case RevokedState gone -> throw new NfsStatusException(gone.why().status());
    };
  }

  /** Called under the file's lock, where the entry may turn out to have gone meanwhile. */
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

  private static void checkSpecial(Stateid4 stateid) throws NfsStatusException {
    if (!stateid.equals(Stateids.ANONYMOUS) && !stateid.equals(Stateids.READ_BYPASS)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
  }

  private void checkNotDenied(FileKey key, int access, Nfsstat4 otherwise)
      throws NfsStatusException {
    var _ =
        encounters.run(after -> {
          FileState file = files.get(key);
          if (file == null) {
            return false;
          }
          synchronized (file) {
            if (file.denies(access)) {
              after.meet(file.denying(access));
              throw new NfsStatusException(otherwise);
            }
          }
          return true;
        });
  }

  private static SharedFile reader(StateEntry held) throws NfsStatusException {
    SharedFile file = held.reader();
    if (file == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_OPENMODE);
    }
    return file;
  }

  Opaque freshOther() {
    Opaque other;
    do {
      other = Opaque.of(random.bytes(Stateids.OTHER_BYTES));
    } while (Stateids.isSpecial(new Stateid4(0, other)) || entries.containsKey(other));
    return other;
  }
}
