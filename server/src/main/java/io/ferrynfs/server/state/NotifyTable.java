package io.ferrynfs.server.state;

import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.ArrayList;
import java.util.List;

/** The stateids by which other servers read a file (COPY_NOTIFY, RFC 7862 section 15.3). */
public final class NotifyTable {
  private final StateRegistry registry;
  private final NotifyRegistry counts;

  NotifyTable(StateRegistry registry, ServerLimits limits, Ticker ticker) {
    this.registry = registry;
    counts = new NotifyRegistry(limits, ticker);
  }

  /**
   * Returns a new stateid, with seqid 1, by which another server reads a file that the client has
   * open or delegated (COPY_NOTIFY, RFC 7862 section 15.3). A repeated request also renews the
   * unused stateids of the same notice, because the destination may hold one of them.
   *
   * @throws NfsStatusException the errors of the client's stateid; NFS4ERR_OPENMODE; NFS4ERR_DELAY
   *     at the limit of the client or the server; NFS4ERR_EXPIRED when the client has just gone
   */
  public Stateid4 add(long clientid, FileKey file, Stateid4 source, CopyNotice notice)
      throws NfsStatusException {
    StateEntry parent = StateRegistry.accessState(registry.find(clientid, file, source));
    List<StateEntry> removed = new ArrayList<>();
    try {
      synchronized (parent.file()) {
        registry.checkSeqid(parent, source);
        if (parent.reader() == null) {
          throw new NfsStatusException(Nfsstat4.NFS4ERR_OPENMODE);
        }
        NotifyRegistry.renewUnused(parent, notice);
        if (counts.isFull(clientid)) {
          NotifyRegistry.spent(parent).ifPresent(entry -> registry.detach(entry, null, removed));
        }
        NotifyState entry = new NotifyState(parent, registry.freshOther(), notice, counts);
        register(entry);
        parent.children().add(entry);
        return entry.stateid();
      }
    } finally {
      registry.release(removed);
    }
  }

  private void register(NotifyState entry) throws NfsStatusException {
    if (!counts.add(entry)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
    boolean registered = false;
    try {
      registry.register(entry, Nfsstat4.NFS4ERR_DELAY);
      registered = true;
    } finally {
      if (!registered) {
        counts.remove(entry);
      }
    }
  }

  /** Returns whether COPY_NOTIFY returned this stateid to any client. */
  public boolean exists(Stateid4 stateid) {
    return registry.entry(stateid) instanceof NotifyState;
  }

  /**
   * Returns the open file of a READ by a copy-notify stateid of any client. The READ has the rights
   * of the state that COPY_NOTIFY named (RFC 7862 section 4.3.1).
   *
   * @throws NfsStatusException NFS4ERR_PARTNER_NO_AUTH after the lease of the stateid expired;
   *     NFS4ERR_BAD_STATEID, also for another file; NFS4ERR_OPENMODE after an OPEN_DOWNGRADE
   */
  public FileUse use(FileKey file, Stateid4 stateid) throws NfsStatusException {
    if (!(registry.entry(stateid) instanceof NotifyState entry) || !entry.key().equals(file)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    synchronized (entry.file()) {
      registry.checkSeqid(entry, stateid);
      return entry.use();
    }
  }

  /**
   * OFFLOAD_CANCEL at the source: nothing more is read by this stateid.
   *
   * @return false when it is no stateid of COPY_NOTIFY
   * @throws NfsStatusException NFS4ERR_BAD_STATEID for another client's, another user's and another
   *     file's
   */
  public boolean cancel(long clientid, FileKey file, Stateid4 stateid, Principal principal)
      throws NfsStatusException {
    if (!exists(stateid)) {
      return false;
    }
    if (registry.find(clientid, file, stateid) instanceof NotifyState entry
        && entry.match(stateid.seqid()) == StateEntry.SeqidMatch.CURRENT
        && entry.notice().principal().sameUser(principal)
        && registry.remove(entry)) {
      return true;
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  /** Removes the stateids that have been expired for a lease time. */
  void reap() {
    counts.invalid().forEach(registry::remove);
  }
}
