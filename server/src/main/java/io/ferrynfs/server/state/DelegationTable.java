package io.ferrynfs.server.state;

import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.state.DelegationOffer.Terms;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Read delegations (RFC 8881 section 10.4): granted by OPEN, recalled before another client changes
 * the file, taken away when they do not come back within a lease.
 *
 * <p>Nobody waits for a recall: who changes the file is answered NFS4ERR_DELAY and asks again.
 * Granting is atomic with opening, and there is none while a change is under way, so that no client
 * caches what a change that began before is about to replace. What local processes change behind
 * the server's back is not seen.
 */
public final class DelegationTable {
  private final StateTable table;
  private final DelegationRegistry counts;

  DelegationTable(StateTable table, ServerLimits limits, Ticker ticker) {
    this.table = table;
    counts = new DelegationRegistry(limits, ticker);
  }

  /** Called under the file's lock: grants a delegation where that makes sense. */
  DelegationGrant grant(OpenState open, @Nullable DelegationOffer offer, DeferredWork after) {
    SharedFile reader = open.reader();
    if (offer == null || reader == null) {
      return DelegationGrant.No.NOT_OFFERED;
    }
    FileState file = open.file();
    FileDelegations held = file.delegations();
    if (held.find(open.clientid()) != null
        || held.isChanging()
        || file.isWrittenByOthers(open.clientid())
        || file.denies(ShareBits.READ)
        || (offer.terms() == Terms.NEW && counts.isContended(file.key()))) {
      return DelegationGrant.No.CONTENTION;
    }
    reader.hold(open.clientid());
    DelegationState entry =
        new DelegationState(
            open.clientid(),
            file,
            table.freshOther(),
            reader,
            open.openedBy(),
            offer.holder(),
            counts);
    if (!counts.add(entry)) {
      after.removed().add(entry);
      return DelegationGrant.No.RESOURCE;
    }
    try {
      table.register(entry, Nfsstat4.NFS4ERR_NOSPC);
    } catch (NfsStatusException full) {
      counts.remove(entry);
      after.removed().add(entry);
      return DelegationGrant.No.RESOURCE;
    }
    held.add(entry);
    boolean isRecalled = offer.terms() == Terms.RECLAIMED_AND_RECALLED && entry.beginRecall();
    if (isRecalled) {
      counts.recalled(entry);
    }
    return new DelegationGrant.Read(entry.stateid(), isRecalled);
  }

  /**
   * Called under the file's lock, before another client's delegation would become a lie: recalls
   * them, and takes away those that were not returned in time (RFC 8881 sections 10.4.2, 10.4.5).
   * None is recalled as long as all their clients may be ones that give way.
   *
   * @throws NfsStatusException NFS4ERR_DELAY while there are any
   */
  void recallFromOthers(FileState file, long clientid, DeferredWork after)
      throws NfsStatusException {
    boolean isFree = true;
    for (DelegationState held : file.delegations().ofOthers(clientid)) {
      if (held.isOverdue()) {
        table.detach(held, Revocation.NOT_RETURNED, after.removed());
      } else {
        isFree = false;
        after.meet(Set.of(held.clientid()));
        if (after.isFirm() && held.beginRecall()) {
          counts.recalled(held);
          after.recall(held);
        }
      }
    }
    if (!isFree) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
  }

  /**
   * The client changes a file other than by a stateid: its attributes, its names.
   *
   * @throws NfsStatusException NFS4ERR_DELAY while others have delegations, which are recalled
   */
  public FileChange change(long clientid, FileKey key) throws NfsStatusException {
    return table
        .encounters()
        .run(after ->
            table.at(
                key,
                file -> {
                  recallFromOthers(file, clientid, after);
                  return begin(file);
                }));
  }

  /** Called under the file's lock. */
  FileChange begin(FileState file) {
    file.delegations().changeBegins();
    return new FileChange(() -> {
      synchronized (file) {
        file.delegations().changeEnds();
        table.forgetIfEmpty(file);
      }
    });
  }

  /** DELEGRETURN. */
  public void giveBack(long clientid, FileKey file, Stateid4 stateid) throws NfsStatusException {
    try (DeferredWork after = new DeferredWork(table, true)) {
      DelegationState held = delegation(table.find(clientid, file, stateid));
      synchronized (held.file()) {
        table.checkSeqid(held, stateid);
        table.detach(held, null, after.removed());
      }
    }
  }

  /**
   * That the client has a delegation of the file.
   *
   * @throws NfsStatusException what its stateid is refused with
   */
  public void check(long clientid, FileKey file, Stateid4 stateid) throws NfsStatusException {
    DelegationState held = delegation(table.find(clientid, file, stateid));
    synchronized (held.file()) {
      table.checkSeqid(held, stateid);
    }
  }

  /** Whether the client has a delegation of the file. */
  public boolean isHeld(long clientid, FileKey key) {
    FileState file = table.fileState(key);
    if (file == null) {
      return false;
    }
    synchronized (file) {
      return file.delegations().find(clientid) != null;
    }
  }

  /**
   * A client will not return a delegation: it says that it has none, or has answered the recall
   * with an error, which completes it (RFC 8881 section 20.2.4).
   *
   * @param isUnknown whether the client says that it has none, so that nothing is left of it
   */
  public void recallRefused(Stateid4 stateid, boolean isUnknown) {
    if (table.entry(stateid) instanceof DelegationState held) {
      table.end(held, isUnknown ? null : Revocation.NOT_RETURNED);
    }
  }

  /** Whether this is a delegation that somebody has. */
  public boolean isHeld(Stateid4 stateid) {
    return table.entry(stateid) instanceof DelegationState;
  }

  /** Takes away those that were not returned in time. */
  void reap() {
    for (DelegationState held : counts.outstanding()) {
      boolean isOverdue;
      synchronized (held.file()) {
        isOverdue = held.isOverdue();
      }
      if (isOverdue) {
        table.end(held, Revocation.NOT_RETURNED);
      }
    }
  }

  private static DelegationState delegation(StateEntry entry) throws NfsStatusException {
    if (StateTable.accessState(entry) instanceof DelegationState held) {
      return held;
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }
}
