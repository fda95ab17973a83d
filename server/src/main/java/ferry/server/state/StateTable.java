package ferry.server.state;

import ferry.rpc.env.Env;
import ferry.rpc.env.RandomSource;
import ferry.server.access.Principal;
import ferry.server.config.ServerLimits;
import ferry.server.export.FileKey;
import ferry.server.state.ClientStates.Added;
import ferry.server.status.Refused;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.Stateid4;
import ferry.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * All stateids of this server.
 *
 * <p>Stateid arguments are what {@code CompoundContext.resolve} returned: never the current-stateid
 * form. The order of checks is RFC 5661 8.2.4's: unknown, other file, other client, wrong kind (all
 * NFS4ERR_BAD_STATEID), then the seqid. A stateid of an earlier instance of the server is simply
 * unknown, because the session tells the client about the restart first (15.1.16.5).
 *
 * <p>{@code other} is 96 random bits, so that no client can guess another's.
 *
 * <p>Locks: a file's, then a client's or that of {@link Notifies}; no two of either. Files are
 * closed under no lock.
 */
public final class StateTable {
  private final ServerLimits limits;
  private final RandomSource random;
  private final Notifies notifies;
  private final LockTable locks;
  private final ConcurrentMap<Opaque, StateEntry> entries = new ConcurrentHashMap<>();
  private final ConcurrentMap<FileKey, FileState> files = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, ClientStates> clients = new ConcurrentHashMap<>();

  /** An empty table. */
  public StateTable(ServerLimits limits, Env env) {
    this.limits = limits;
    random = env.random();
    notifies = new Notifies(limits, env.ticker());
    locks = new LockTable(this, limits, env);
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

  /**
   * True when the client holds anything (DESTROY_CLIENTID answers NFS4ERR_CLIENTID_BUSY); a copy
   * that has ended does not count.
   */
  public boolean holdsState(long clientid) {
    ClientStates held = clients.get(clientid);
    return held != null && held.holdsClient();
  }

  /** How many stateids there are. */
  public int size() {
    return entries.size();
  }

  /** How many files have state. */
  public int fileCount() {
    return files.size();
  }

  /** The byte-range locks. */
  public LockTable locks() {
    return locks;
  }

  /**
   * Checks the share reservation (RFC 5661 9.7: also against the same owner's own opens) and makes
   * or upgrades the open state.
   *
   * @throws Refused NFS4ERR_SHARE_DENIED; NFS4ERR_NOSPC at the client's limit; NFS4ERR_EXPIRED when
   *     the client has just gone. The file was closed
   */
  public Opened open(OpenRequest request) throws Refused {
    SharedFile opened = new SharedFile(request.opened());
    try {
      while (true) {
        FileState file = files.computeIfAbsent(request.file(), FileState::new);
        synchronized (file) {
          if (!file.isForgotten()) {
            try {
              return open(request, file, opened);
            } finally {
              forgetIfEmpty(file);
            }
          }
        }
      }
    } finally {
      opened.release();
    }
  }

  private Opened open(OpenRequest request, FileState file, SharedFile opened) throws Refused {
    if (!file.allows(request.access(), request.deny())) {
      throw new Refused(Nfsstat4.NFS4ERR_SHARE_DENIED);
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
    open.grant(request.access(), request.deny(), opened);
    file.count(open);
    return new Opened(open.stateid(), known == null);
  }

  /**
   * CLOSE: ends an open state, and with it the byte-range locks and notices that stand on it, which
   * RFC 5661 18.2.3 lets a server do, and Linux' does.
   *
   * @return the stateid to answer: the invalid special one (RFC 5661 18.2.4)
   */
  public Stateid4 close(long clientid, FileKey file, Stateid4 stateid) throws Refused {
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
   * @throws Refused NFS4ERR_INVAL when the new modes are no union of modes that were opened
   */
  public Stateid4 downgrade(long clientid, FileKey file, Stateid4 stateid, int access, int deny)
      throws Refused {
    OpenState open = openState(find(clientid, file, stateid));
    synchronized (open.file()) {
      checkSeqid(open, stateid);
      open.file().uncount(open);
      boolean done = open.downgrade(access, deny);
      open.file().count(open);
      if (!done) {
        throw new Refused(Nfsstat4.NFS4ERR_INVAL);
      }
      open.advance();
      return open.stateid();
    }
  }

  /**
   * The open file behind a READ's stateid, or one opened just for it when the stateid is special.
   *
   * @throws Refused also NFS4ERR_OPENMODE, and NFS4ERR_LOCKED when a special stateid meets a deny
   *     mode; the one that bypasses locks does not
   */
  public FileUse forRead(long clientid, FileKey file, Stateid4 stateid, TransientOpen opener)
      throws Refused, StorageException {
    if (Stateids.isSpecial(stateid)) {
      checkSpecial(stateid);
      if (!stateid.equals(Stateids.READ_BYPASS)) {
        checkNotDenied(file, Shares.READ);
      }
      return FileUse.owning(opener.open());
    }
    StateEntry entry = accessState(find(clientid, file, stateid));
    synchronized (entry.file()) {
      checkSeqid(entry, stateid);
      return use(entry.reader());
    }
  }

  /** The same for WRITE and for SETATTR of the size; no stateid bypasses a deny mode here. */
  public FileUse forWrite(long clientid, FileKey file, Stateid4 stateid, TransientOpen opener)
      throws Refused, StorageException {
    if (Stateids.isSpecial(stateid)) {
      checkSpecial(stateid);
      checkNotDenied(file, Shares.WRITE);
      return FileUse.owning(opener.open());
    }
    StateEntry entry = accessState(find(clientid, file, stateid));
    synchronized (entry.file()) {
      checkSeqid(entry, stateid);
      return use(entry.writer());
    }
  }

  /** A file that some client holds open, in whichever mode; null when nobody does. */
  public @Nullable FileUse anyUse(FileKey key) {
    FileState file = files.get(key);
    if (file == null) {
      return null;
    }
    synchronized (file) {
      return file.anyUse();
    }
  }

  /** Whether someone has the file open and denies others to write. */
  public boolean isWriteDenied(FileKey key) {
    FileState file = files.get(key);
    if (file == null) {
      return false;
    }
    synchronized (file) {
      return file.denies(Shares.WRITE);
    }
  }

  /**
   * COPY was answered asynchronously: gives the copy a stateid, with seqid 1 (RFC 7862 section
   * 4.8). From now on the client may ask for it, cancel it and go.
   *
   * @param target the file that is written to
   * @throws Refused NFS4ERR_NOSPC at the client's limit of stateids; NFS4ERR_EXPIRED when it has
   *     just gone. The copy is not told
   */
  public Stateid4 addOffload(long clientid, FileKey target, Offload offload) throws Refused {
    while (true) {
      FileState file = files.computeIfAbsent(target, FileState::new);
      synchronized (file) {
        if (!file.isForgotten()) {
          try {
            OffloadState entry = new OffloadState(clientid, file, freshOther(), offload);
            register(entry, Nfsstat4.NFS4ERR_NOSPC);
            file.offloadCame();
            return entry.stateid();
          } finally {
            forgetIfEmpty(file);
          }
        }
      }
    }
  }

  /**
   * The copy behind a stateid of OFFLOAD_STATUS or OFFLOAD_CANCEL. Only {@code other} is compared,
   * as copies do not change their seqid; but 0 is never one (RFC 7862 section 4.8).
   *
   * @throws Refused NFS4ERR_BAD_STATEID, also for another file's and another client's
   */
  public Offload offload(long clientid, FileKey target, Stateid4 stateid) throws Refused {
    if (stateid.seqid() != 0 && find(clientid, target, stateid) instanceof OffloadState entry) {
      return entry.offload();
    }
    throw new Refused(Nfsstat4.NFS4ERR_BAD_STATEID);
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
   * COPY_NOTIFY: gives another server a stateid, with seqid 1, to read a file with that the client
   * has open (RFC 7862 section 15.3). The same notice again renews those that nobody has read with
   * yet: a destination may have one of them in hand.
   *
   * @throws Refused what the client's stateid is refused with; NFS4ERR_OPENMODE; NFS4ERR_DELAY at
   *     the limit of the client or the server; NFS4ERR_EXPIRED when the client has just gone
   */
  public Stateid4 addNotify(long clientid, FileKey file, Stateid4 source, CopyNotice notice)
      throws Refused {
    StateEntry parent = accessState(find(clientid, file, source));
    List<StateEntry> removed = new ArrayList<>();
    try {
      synchronized (parent.file()) {
        checkSeqid(parent, source);
        if (parent.reader() == null) {
          throw new Refused(Nfsstat4.NFS4ERR_OPENMODE);
        }
        Notifies.renewUnused(parent, notice);
        if (notifies.isFull(clientid)) {
          Notifies.spent(parent).ifPresent(entry -> detach(entry, removed));
        }
        NotifyState entry = new NotifyState(parent, freshOther(), notice, notifies);
        register(entry);
        parent.children().add(entry);
        return entry.stateid();
      }
    } finally {
      release(removed);
    }
  }

  private void register(NotifyState entry) throws Refused {
    if (!notifies.add(entry)) {
      throw new Refused(Nfsstat4.NFS4ERR_DELAY);
    }
    boolean registered = false;
    try {
      register(entry, Nfsstat4.NFS4ERR_DELAY);
      registered = true;
    } finally {
      if (!registered) {
        notifies.remove(entry);
      }
    }
  }

  /** Whether COPY_NOTIFY gave this stateid, to whichever client. */
  public boolean isNotify(Stateid4 stateid) {
    return entries.get(stateid.other()) instanceof NotifyState;
  }

  /**
   * The file behind a stateid of COPY_NOTIFY, for a READ of whichever client: it has the rights of
   * the state that it was made of (RFC 7862 section 4.3.1).
   *
   * @throws Refused NFS4ERR_PARTNER_NO_AUTH when its lease ran out; NFS4ERR_BAD_STATEID, also with
   *     another file; NFS4ERR_OPENMODE after an OPEN_DOWNGRADE
   */
  public FileUse forPull(FileKey file, Stateid4 stateid) throws Refused {
    if (!(entries.get(stateid.other()) instanceof NotifyState entry) || !entry.key().equals(file)) {
      throw new Refused(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    synchronized (entry.file()) {
      checkSeqid(entry, stateid);
      return entry.use();
    }
  }

  /**
   * OFFLOAD_CANCEL at the source: nothing more is read by this stateid.
   *
   * @return false when it is no stateid of COPY_NOTIFY
   * @throws Refused NFS4ERR_BAD_STATEID for another client's, another user's and another file's
   */
  public boolean cancelNotify(long clientid, FileKey file, Stateid4 stateid, Principal principal)
      throws Refused {
    if (!isNotify(stateid)) {
      return false;
    }
    if (find(clientid, file, stateid) instanceof NotifyState entry
        && entry.match(stateid.seqid()) == StateEntry.SeqidMatch.CURRENT
        && entry.notice().principal().sameUser(principal)
        && remove(entry)) {
      return true;
    }
    throw new Refused(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  /** Forgets the stateids of COPY_NOTIFY whose time is long over. */
  public void reap() {
    notifies.forgettable().forEach(entry -> remove(entry));
  }

  /** TEST_STATEID of one stateid. */
  public Nfsstat4 test(long clientid, Stateid4 stateid) {
    try {
      StateEntry entry = accessState(find(clientid, stateid));
      synchronized (entry.file()) {
        checkSeqid(entry, stateid);
      }
      return Nfsstat4.NFS4_OK;
    } catch (Refused refused) {
      return refused.status();
    }
  }

  /**
   * FREE_STATEID of a lock stateid without locks. An open stateid always has its open with it, so
   * there is nothing to free.
   *
   * @throws Refused NFS4ERR_LOCKS_HELD, or what the stateid is refused with
   */
  public void free(long clientid, Stateid4 stateid) throws Refused {
    StateEntry entry = accessState(find(clientid, stateid));
    List<StateEntry> removed = new ArrayList<>();
    synchronized (entry.file()) {
      checkSeqid(entry, stateid);
      if (!(entry instanceof LockState lock) || lock.ranges() > 0) {
        throw new Refused(Nfsstat4.NFS4ERR_LOCKS_HELD);
      }
      detach(entry, removed);
    }
    release(removed);
  }

  void register(StateEntry entry, Nfsstat4 whenFull) throws Refused {
    ClientStates held = clients.get(entry.clientid());
    switch (held == null ? Added.GONE : held.add(entry, limits.stateidsPerClientMax())) {
      case OK -> entries.put(entry.other(), entry);
      case FULL -> throw new Refused(whenFull);
      case GONE -> throw new Refused(Nfsstat4.NFS4ERR_EXPIRED);
    }
  }

  /** The one way an entry ends: itself, and first what stands on it. */
  private boolean remove(StateEntry entry) {
    List<StateEntry> removed = new ArrayList<>();
    synchronized (entry.file()) {
      detach(entry, removed);
    }
    release(removed);
    return !removed.isEmpty();
  }

  /** Called under no lock, for files are closed, and clients told that a lock may be free. */
  private void release(List<StateEntry> removed) {
    removed.forEach(StateEntry::release);
    removed.stream().map(StateEntry::file).distinct().forEach(locks::wake);
  }

  /** Called under the file's lock; what it collects is released under none. */
  private void detach(StateEntry entry, List<StateEntry> removed) {
    if (entries.remove(entry.other(), entry)) {
      List.copyOf(entry.children()).forEach(child -> detach(child, removed));
      entry.detach();
      ClientStates holder = clients.get(entry.clientid());
      if (holder != null) {
        holder.remove(entry);
      }
      forgetIfEmpty(entry.file());
      removed.add(entry);
    }
  }

  private void forgetIfEmpty(FileState file) {
    if (file.isEmpty()) {
      file.forget();
      files.remove(file.key(), file);
    }
  }

  /** What there is of a file; null when nothing is. */
  @Nullable FileState fileState(FileKey key) {
    return files.get(key);
  }

  StateEntry find(long clientid, FileKey file, Stateid4 stateid) throws Refused {
    StateEntry entry = find(clientid, stateid);
    if (!entry.key().equals(file)) {
      throw new Refused(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    return entry;
  }

  private StateEntry find(long clientid, Stateid4 stateid) throws Refused {
    StateEntry entry = entries.get(stateid.other());
    if (entry == null || entry.clientid() != clientid) {
      throw new Refused(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    return entry;
  }

  static OpenState openState(StateEntry entry) throws Refused {
    if (entry instanceof OpenState open) {
      return open;
    }
    throw new Refused(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  /** A stateid to read or write by; those of copies serve nothing else (RFC 7862 4.8). */
  private static StateEntry accessState(StateEntry entry) throws Refused {
    return switch (entry) {
      case OpenState _, LockState _ -> entry;
      case OffloadState _, NotifyState _ -> throw new Refused(Nfsstat4.NFS4ERR_BAD_STATEID);
    };
  }

  /** Called under the file's lock, where the entry may turn out to have gone meanwhile. */
  void checkSeqid(StateEntry entry, Stateid4 stateid) throws Refused {
    if (entries.get(entry.other()) != entry) {
      throw new Refused(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    switch (entry.match(stateid.seqid())) {
      case CURRENT -> {}
      case OLD -> throw new Refused(Nfsstat4.NFS4ERR_OLD_STATEID);
      case FUTURE -> throw new Refused(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
  }

  private static void checkSpecial(Stateid4 stateid) throws Refused {
    if (!stateid.equals(Stateids.ANONYMOUS) && !stateid.equals(Stateids.READ_BYPASS)) {
      throw new Refused(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
  }

  private void checkNotDenied(FileKey key, int access) throws Refused {
    FileState file = files.get(key);
    if (file != null) {
      synchronized (file) {
        if (file.denies(access)) {
          throw new Refused(Nfsstat4.NFS4ERR_LOCKED);
        }
      }
    }
  }

  private static FileUse use(@Nullable SharedFile file) throws Refused {
    if (file == null) {
      throw new Refused(Nfsstat4.NFS4ERR_OPENMODE);
    }
    return file.use();
  }

  Opaque freshOther() {
    Opaque other;
    do {
      other = Opaque.of(random.bytes(Stateids.OTHER_BYTES));
    } while (Stateids.isSpecial(new Stateid4(0, other)) || entries.containsKey(other));
    return other;
  }
}
