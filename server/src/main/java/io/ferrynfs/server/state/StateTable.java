package io.ferrynfs.server.state;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.ClientHoldings;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * The state of all clients: one table for each kind of stateid, and the operations on all kinds.
 *
 * <p>Stateid arguments are those that {@code CompoundContext.resolve} returned, so they never are
 * the special current stateid. The tables check in the order of RFC 8881 section 8.2.4: unknown
 * stateid, other file, other client and wrong kind fail with NFS4ERR_BAD_STATEID, then the seqid
 * counts. A stateid of an earlier server instance is an unknown one, because its client learns of
 * the restart by NFS4ERR_BADSESSION first (RFC 8881 section 15.1.16.5).
 */
public final class StateTable {
  private final StateRegistry registry;
  private final ConflictResolver conflicts;
  private final OpenFiles openFiles;
  private final OpenTable opens;
  private final LockTable locks;
  private final DelegationTable delegations;
  private final OffloadTable offloads;
  private final NotifyTable notifies;

  /** Creates an empty table. */
  public StateTable(ServerLimits limits, Env env) {
    LockWakeups wakeups = new LockWakeups(env.ticker(), env.timers());
    registry = new StateRegistry(limits, env.random(), wakeups::wake);
    conflicts = new ConflictResolver(registry);
    openFiles = new OpenFiles(conflicts);
    delegations = new DelegationTable(registry, conflicts, limits, env.ticker());
    opens = new OpenTable(registry, delegations, conflicts, openFiles);
    locks = new LockTable(registry, conflicts, wakeups, limits, env);
    offloads = new OffloadTable(registry);
    notifies = new NotifyTable(registry, limits, env.ticker());
  }

  /** Sets the policy for conflicts with courtesy clients; called once, at the start. */
  public void setCourtesy(CourtesyClients courtesy) {
    conflicts.setCourtesy(courtesy);
  }

  /** Returns the opens. */
  public OpenTable opens() {
    return opens;
  }

  /** Returns the byte-range locks. */
  public LockTable locks() {
    return locks;
  }

  /** Returns the delegations. */
  public DelegationTable delegations() {
    return delegations;
  }

  /** Returns the asynchronous copies. */
  public OffloadTable offloads() {
    return offloads;
  }

  /** Returns the stateids of COPY_NOTIFY. */
  public NotifyTable notifies() {
    return notifies;
  }

  /** Returns the count of files that each client has open. */
  public OpenFiles openFiles() {
    return openFiles;
  }

  /** Returns the number of stateids of all kinds. */
  public int size() {
    return sizes().stateids();
  }

  /** Returns the sizes of the tables. */
  public StateSizes sizes() {
    return registry.sizes();
  }

  /** Lets a confirmed client hold state. */
  public void addClient(long clientid) {
    registry.addClient(clientid);
  }

  /** Removes a client and ends all of its state. */
  public void removeClient(long clientid) {
    registry.removeClient(clientid);
  }

  /** Returns the number of stateids that a courtesy client would keep after its lease expired. */
  public int courtesyStateids(long clientid) {
    ClientStates held = registry.client(clientid);
    return held == null ? 0 : held.courtesyStateids();
  }

  /** Returns the number of stateids of each kind that the client holds. */
  public ClientHoldings holdings(long clientid) {
    ClientStates held = registry.client(clientid);
    return held == null ? ClientHoldings.NONE : held.holdings();
  }

  /**
   * Collects the state that ends with the client's lease even if the client becomes a courtesy
   * client. State that the client acquires after this call is not part of it.
   *
   * @return ends the collected state; the caller runs it if it finds the lease expired after this
   *     call
   */
  public Runnable endingOfLease(long clientid) {
    ClientStates held = registry.client(clientid);
    List<StateEntry> entries = held == null ? List.of() : held.boundToLease();
    return () -> entries.forEach(registry::remove);
  }

  /**
   * Returns whether the client holds state, so that DESTROY_CLIENTID fails with
   * NFS4ERR_CLIENTID_BUSY. A copy that has completed does not count.
   */
  public boolean holdsState(long clientid) {
    ClientStates held = registry.client(clientid);
    return held != null && held.holdsClient();
  }

  /** Returns the status flags of SEQUENCE for the client's revoked state. */
  public long statusFlags(long clientid) {
    ClientStates held = registry.client(clientid);
    return held == null ? 0 : held.statusFlags();
  }

  /**
   * Revokes all state of a client. The client record stays. The client learns of the revocation by
   * the status of its stateids and by the status flags of SEQUENCE.
   */
  public void revokeAll(long clientid, Revocation why) {
    ClientStates held = registry.client(clientid);
    if (held != null) {
      List<StateEntry> all = held.all();
      all.forEach(entry -> registry.end(entry, why));
      if (why == Revocation.LEASE_EXPIRED) {
        held.lostAll();
      }
    }
  }

  /**
   * Revokes state of some clients on some files for the administrator. Copies are left out: the
   * copy engine ends them, which notifies their clients.
   *
   * @param which accepts a clientid and a file
   */
  public void revoke(BiPredicate<Long, FileKey> which) {
    for (StateEntry entry : registry.entries()) {
      boolean isHeld = !(entry instanceof OffloadState || entry instanceof RevokedState);
      if (isHeld && which.test(entry.clientid(), entry.key())) {
        registry.end(entry, Revocation.ADMINISTRATIVE);
      }
    }
  }

  /** Ends the copy-notify stateids and the recalled delegations whose time has expired. */
  public void reap() {
    notifies.reap();
    delegations.reap();
  }

  /** Returns the status of one stateid (TEST_STATEID). */
  public Nfsstat4 test(long clientid, Stateid4 stateid) {
    try {
      StateEntry entry = StateRegistry.accessState(registry.find(clientid, stateid));
      synchronized (entry.file()) {
        registry.checkSeqid(entry, stateid);
      }
      return Nfsstat4.NFS4_OK;
    } catch (NfsStatusException e) {
      return e.status();
    }
  }

  /**
   * Frees a lock stateid without locks, or a revoked stateid (FREE_STATEID, RFC 8881 section
   * 18.38). An open stateid always has its open, and DELEGRETURN returns a delegation, so neither
   * can be freed.
   *
   * @throws NfsStatusException NFS4ERR_LOCKS_HELD; the errors of the stateid
   */
  public void free(long clientid, Stateid4 stateid) throws NfsStatusException {
    StateEntry entry = registry.find(clientid, stateid);
    if (entry instanceof RevokedState) {
      registry.remove(entry);
      return;
    }
    StateEntry held = StateRegistry.accessState(entry);
    List<StateEntry> removed = new ArrayList<>();
    synchronized (held.file()) {
      registry.checkSeqid(held, stateid);
      if (!(held instanceof LockState lock) || lock.ranges() > 0) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_LOCKS_HELD);
      }
      registry.detach(held, null, removed);
    }
    registry.release(removed);
  }
}
