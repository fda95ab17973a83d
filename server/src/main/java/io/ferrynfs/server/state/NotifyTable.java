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

/** The stateids that COPY_NOTIFY gives for other servers to read with (RFC 7862 section 15.3). */
public final class NotifyTable {
  private final StateTable table;
  private final NotifyRegistry counts;

  NotifyTable(StateTable table, ServerLimits limits, Ticker ticker) {
    this.table = table;
    counts = new NotifyRegistry(limits, ticker);
  }

  /**
   * COPY_NOTIFY: gives another server a stateid, with seqid 1, to read a file with that the client
   * has open or delegated (RFC 7862 section 15.3). The same notice again renews those that nobody
   * has read with yet: a destination may have one of them in hand.
   *
   * @throws NfsStatusException what the client's stateid is refused with; NFS4ERR_OPENMODE;
   *     NFS4ERR_DELAY at the limit of the client or the server; NFS4ERR_EXPIRED when the client has
   *     just gone
   */
  public Stateid4 add(long clientid, FileKey file, Stateid4 source, CopyNotice notice)
      throws NfsStatusException {
    StateEntry parent = StateTable.accessState(table.find(clientid, file, source));
    List<StateEntry> removed = new ArrayList<>();
    try {
      synchronized (parent.file()) {
        table.checkSeqid(parent, source);
        if (parent.reader() == null) {
          throw new NfsStatusException(Nfsstat4.NFS4ERR_OPENMODE);
        }
        NotifyRegistry.renewUnused(parent, notice);
        if (counts.isFull(clientid)) {
          NotifyRegistry.spent(parent).ifPresent(entry -> table.detach(entry, null, removed));
        }
        NotifyState entry = new NotifyState(parent, table.freshOther(), notice, counts);
        register(entry);
        parent.children().add(entry);
        return entry.stateid();
      }
    } finally {
      table.release(removed);
    }
  }

  private void register(NotifyState entry) throws NfsStatusException {
    if (!counts.add(entry)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
    boolean registered = false;
    try {
      table.register(entry, Nfsstat4.NFS4ERR_DELAY);
      registered = true;
    } finally {
      if (!registered) {
        counts.remove(entry);
      }
    }
  }

  /** Whether COPY_NOTIFY gave this stateid, to whichever client. */
  public boolean isThere(Stateid4 stateid) {
    return table.entry(stateid) instanceof NotifyState;
  }

  /**
   * The file behind a stateid of COPY_NOTIFY, for a READ of whichever client: it has the rights of
   * the state that it was made of (RFC 7862 section 4.3.1).
   *
   * @throws NfsStatusException NFS4ERR_PARTNER_NO_AUTH when its lease ran out; NFS4ERR_BAD_STATEID,
   *     also with another file; NFS4ERR_OPENMODE after an OPEN_DOWNGRADE
   */
  public FileUse use(FileKey file, Stateid4 stateid) throws NfsStatusException {
    if (!(table.entry(stateid) instanceof NotifyState entry) || !entry.key().equals(file)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    synchronized (entry.file()) {
      table.checkSeqid(entry, stateid);
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
    if (!isThere(stateid)) {
      return false;
    }
    if (table.find(clientid, file, stateid) instanceof NotifyState entry
        && entry.match(stateid.seqid()) == StateEntry.SeqidMatch.CURRENT
        && entry.notice().principal().sameUser(principal)
        && table.remove(entry)) {
      return true;
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  /** Forgets those whose time is long over. */
  void reap() {
    counts.forgettable().forEach(table::remove);
  }
}
