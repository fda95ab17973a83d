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
 * The read delegations (RFC 8881 section 10.4). OPEN grants a delegation. The server recalls it
 * before another client changes the file, and revokes it if the client does not return it within a
 * lease time.
 *
 * <p>No thread waits for a recall: the operation that changes the file fails with NFS4ERR_DELAY and
 * its client retries. A grant is atomic with its OPEN. There is no grant while a change of the file
 * is in progress, because the client would cache the contents that the change replaces. The server
 * does not see changes by local processes.
 */
public final class DelegationTable {
  private final StateRegistry registry;
  private final ConflictResolver conflicts;
  private final DelegationRegistry counts;

  DelegationTable(
      StateRegistry registry, ConflictResolver conflicts, ServerLimits limits, Ticker ticker) {
    this.registry = registry;
    this.conflicts = conflicts;
    counts = new DelegationRegistry(limits, ticker);
  }

  /** Grants a delegation unless a conflict is likely. Called under the file's lock. */
  DelegationGrant grant(OpenState open, @Nullable DelegationOffer offer, DeferredWork work) {
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
            registry.freshOther(),
            reader,
            open.openedBy(),
            offer.holder(),
            counts);
    if (!counts.add(entry)) {
      work.removed().add(entry);
      return DelegationGrant.No.RESOURCE;
    }
    try {
      registry.register(entry, Nfsstat4.NFS4ERR_NOSPC);
    } catch (NfsStatusException full) {
      counts.remove(entry);
      work.removed().add(entry);
      return DelegationGrant.No.RESOURCE;
    }
    held.add(entry);
    boolean isRecalled = offer.terms() == Terms.RECLAIMED_AND_RECALLED && entry.beginRecall();
    if (isRecalled) {
      counts.addRecalled(entry);
    }
    return new DelegationGrant.Read(entry.stateid(), isRecalled);
  }

  /**
   * Recalls the delegations of other clients before a change of the file. Revokes those that were
   * recalled before and not returned in time (RFC 8881 sections 10.4.2, 10.4.5). Recalls none while
   * all holders may be courtesy clients that expire. Called under the file's lock.
   *
   * @throws NfsStatusException NFS4ERR_DELAY while other clients hold delegations
   */
  void recallFromOthers(FileState file, long clientid, DeferredWork work)
      throws NfsStatusException {
    boolean isUndelegated = true;
    for (DelegationState held : file.delegations().ofOthers(clientid)) {
      if (held.isOverdue()) {
        registry.detach(held, Revocation.NOT_RETURNED, work.removed());
      } else {
        isUndelegated = false;
        work.conflictsWith(Set.of(held.clientid()));
        if (work.isFinal() && held.beginRecall()) {
          counts.addRecalled(held);
          work.recall(held);
        }
      }
    }
    if (!isUndelegated) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
  }

  /**
   * Begins a change of a file without a stateid: of its attributes or its names.
   *
   * @throws NfsStatusException NFS4ERR_DELAY while other clients hold delegations, which are
   *     recalled
   */
  public FileChange change(long clientid, FileKey key) throws NfsStatusException {
    return conflicts.run(work ->
        registry.at(
            key,
            file -> {
              recallFromOthers(file, clientid, work);
              return begin(file);
            }));
  }

  /** Begins a change of a file. Called under the file's lock. */
  FileChange begin(FileState file) {
    file.delegations().beginChange();
    return new FileChange(() -> {
      synchronized (file) {
        file.delegations().endChange();
        registry.discardIfEmpty(file);
      }
    });
  }

  /** Returns a delegation (DELEGRETURN). */
  public void returned(long clientid, FileKey file, Stateid4 stateid) throws NfsStatusException {
    try (DeferredWork work = new DeferredWork(registry, true)) {
      DelegationState held = delegation(registry.find(clientid, file, stateid));
      synchronized (held.file()) {
        registry.checkSeqid(held, stateid);
        registry.detach(held, null, work.removed());
      }
    }
  }

  /**
   * Checks that the client holds a delegation of the file.
   *
   * @throws NfsStatusException the errors of the stateid
   */
  public void check(long clientid, FileKey file, Stateid4 stateid) throws NfsStatusException {
    DelegationState held = delegation(registry.find(clientid, file, stateid));
    synchronized (held.file()) {
      registry.checkSeqid(held, stateid);
    }
  }

  /** Returns whether the client holds a delegation of the file. */
  public boolean isHeld(long clientid, FileKey key) {
    FileState file = registry.file(key);
    if (file == null) {
      return false;
    }
    synchronized (file) {
      return file.delegations().find(clientid) != null;
    }
  }

  /**
   * Ends a delegation that the client will not return. Either the client does not know it, or it
   * answered the recall with an error, which completes the recall (RFC 8881 section 20.2.4).
   *
   * @param isUnknown whether the client reports that it has no such delegation, so that no trace of
   *     a revocation is needed
   */
  public void recallFailed(Stateid4 stateid, boolean isUnknown) {
    if (registry.entry(stateid) instanceof DelegationState held) {
      registry.end(held, isUnknown ? null : Revocation.NOT_RETURNED);
    }
  }

  /** Returns whether a client holds this delegation. */
  public boolean isHeld(Stateid4 stateid) {
    return registry.entry(stateid) instanceof DelegationState;
  }

  /** Revokes the delegations that were not returned in time. */
  void reap() {
    for (DelegationState held : counts.outstanding()) {
      boolean isOverdue;
      synchronized (held.file()) {
        isOverdue = held.isOverdue();
      }
      if (isOverdue) {
        registry.end(held, Revocation.NOT_RETURNED);
      }
    }
  }

  private static DelegationState delegation(StateEntry entry) throws NfsStatusException {
    if (StateRegistry.accessState(entry) instanceof DelegationState held) {
      return held;
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }
}
