package io.ferrynfs.client.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.CbRecallAny4Args;
import io.ferrynfs.wire.nfs4.Delegreturn4Args;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.OpenReadDelegation4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Bitmap4;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The read delegations of this client (RFC 8881 section 10.4). A delegation belongs to the open
 * that it was granted with. It is returned with the CLOSE of that open, when the server recalls it,
 * or when this client opens the file for writing. Every open is known to the server, so no file has
 * to be opened before a return.
 *
 * <p>While a delegation is held, no other client changes the file, and cached attributes are valid.
 * They are used for a quarter of the lease, because a server that cannot reach this client revokes
 * a delegation after a lease (RFC 8881 section 10.4.5). Any change by this client discards them.
 *
 * <p>A delegation that was not wanted is returned at once. Safe for use by several threads.
 */
final class ReadDelegations {
  private static final int PARTS_OF_LEASE = 4;

  /** The valid types of CB_RECALL_ANY (RFC 8881 section 20.6.3). */
  private static final Bitmap4 RECALLABLE =
      Bitmap4.of(
          (int) Nfs4.RCA4_TYPE_MASK_RDATA_DLG,
          (int) Nfs4.RCA4_TYPE_MASK_WDATA_DLG,
          (int) Nfs4.RCA4_TYPE_MASK_DIR_DLG,
          (int) Nfs4.RCA4_TYPE_MASK_FILE_LAYOUT,
          (int) Nfs4.RCA4_TYPE_MASK_BLK_LAYOUT,
          (int) Nfs4.RCA4_TYPE_MASK_OBJ_LAYOUT_MIN,
          (int) Nfs4.RCA4_TYPE_MASK_OBJ_LAYOUT_MAX,
          (int) Nfs4.RCA4_TYPE_MASK_OTHER_LAYOUT_MIN,
          (int) Nfs4.RCA4_TYPE_MASK_OTHER_LAYOUT_MIN + 1,
          (int) Nfs4.RCA4_TYPE_MASK_OTHER_LAYOUT_MIN + 2,
          (int) Nfs4.RCA4_TYPE_MASK_OTHER_LAYOUT_MAX);

  private final ServerSession session;
  private final LongSupplier nanoTime;
  private final long validNanos;

  @GuardedBy("this")
  private final Map<NfsFh4, Held> held = new HashMap<>();

  @GuardedBy("this")
  private int opening;

  @GuardedBy("this")
  private long changes;

  /** The pending DELEGRETURNs. */
  private final Map<Object, CompletableFuture<Void>> returns = new ConcurrentHashMap<>();

  /** A delegation. Its fields are accessed under the lock of {@link ReadDelegations}. */
  private static final class Held {
    final RemoteOpenFile by;
    Stateid4 stateid;
    @Nullable FileAttributes attributes;
    long requestNanos;

    Held(RemoteOpenFile by, Stateid4 stateid) {
      this.by = by;
      this.stateid = stateid;
    }
  }

  /**
   * The start of a request for attributes.
   *
   * @param changes the number of changes by this client before it
   * @param requestNanos the ticker's time
   */
  record AttributeRequest(long changes, long requestNanos) {}

  ReadDelegations(ServerSession session, LongSupplier nanoTime, int leaseSeconds) {
    this.session = session;
    this.nanoTime = nanoTime;
    validNanos = Duration.ofSeconds(leaseSeconds).toNanos() / PARTS_OF_LEASE;
  }

  /** Records a pending OPEN, whose delegation the server may recall before the reply arrives. */
  synchronized void opens() {
    opening++;
  }

  /** Records that the reply to such an OPEN was handled. */
  synchronized void opened() {
    opening--;
  }

  /** Records the start of a request for attributes. */
  synchronized AttributeRequest beginRequest() {
    return new AttributeRequest(changes, nanoTime.getAsLong());
  }

  /**
   * Handles the delegation in the reply to an OPEN.
   *
   * @param by the open, which is in the table of open files
   * @param isWanted whether the open may keep a delegation
   */
  void answered(RemoteOpenFile by, OpenDelegation4 delegation, boolean isWanted) {
    switch (delegation) {
      case OpenDelegation4.Read(OpenReadDelegation4 read) -> {
        if (!isWanted || read.recall() || !keep(by, read.stateid())) {
          sendReturn(by.handle(), read.stateid());
        }
      }
      case OpenDelegation4.Write(var write) -> sendReturn(by.handle(), write.stateid());
      case OpenDelegation4.None _, OpenDelegation4.NoneExt _ -> {}
    }
  }

  private synchronized boolean keep(RemoteOpenFile by, Stateid4 stateid) {
    Held known = held.get(by.handle());
    if (known != null && known.by != by) {
      return false;
    }
    held.put(by.handle(), new Held(by, stateid));
    return true;
  }

  /** Returns the attributes of a file if they are known to be current. */
  synchronized Optional<FileAttributes> attributes(NfsFh4 file) {
    Held known = held.get(file);
    return known != null && nanoTime.getAsLong() - known.requestNanos < validNanos
        ? Optional.ofNullable(known.attributes)
        : Optional.empty();
  }

  /** Caches the attributes in the reply to a request. */
  synchronized void cache(NfsFh4 file, AttributeRequest request, FileAttributes attributes) {
    Held known = held.get(file);
    if (known != null && request.changes() == changes) {
      known.attributes = attributes;
      known.requestNanos = request.requestNanos();
    }
  }

  /** Discards cached attributes, because this client changed an object. */
  synchronized void changed() {
    changes++;
    held.values().forEach(known -> known.attributes = null);
  }

  /** Returns the delegation of a file that this client opened for writing. */
  void written(NfsFh4 file) {
    Held known;
    synchronized (this) {
      changes++;
      known = held.remove(file);
    }
    if (known != null) {
      sendReturn(file, known.stateid);
    }
  }

  /** Returns whether an open holds a delegation. */
  synchronized boolean isHeld(RemoteOpenFile by) {
    Held known = held.get(by.handle());
    return known != null && known.by == by;
  }

  /** Removes and returns the delegation of an open; null if it has none. */
  synchronized @Nullable Stateid4 take(RemoteOpenFile by) {
    if (!isHeld(by)) {
      return null;
    }
    Held known = held.remove(by.handle());
    return known == null ? null : known.stateid;
  }

  /** Discards the cached attributes of a file after a restart of the server. */
  synchronized void doubt(RemoteOpenFile by) {
    Held known = held.get(by.handle());
    if (known != null) {
      known.attributes = null;
    }
  }

  /** Returns the stateids of all delegations. */
  synchronized List<Stateid4> stateids() {
    return held.values().stream().map(known -> known.stateid).toList();
  }

  /** Removes a revoked delegation. */
  synchronized void revoked(Stateid4 stateid) {
    held.values().removeIf(known -> known.stateid.other().equals(stateid.other()));
  }

  /** Handles CB_RECALL (RFC 8881 section 20.2): returns the delegation in the background. */
  Nfsstat4 recall(CbRecall4Args args) {
    Stateid4 recalled;
    synchronized (this) {
      Held known = held.get(args.fh());
      if (known == null || !known.stateid.other().equals(args.stateid().other())) {
        if (opening > 0) {
          // RFC 8881 section 2.10.6.3: it may be the delegation in the pending reply to an OPEN.
          return Nfsstat4.NFS4ERR_DELAY;
        }
        return known == null ? Nfsstat4.NFS4ERR_BADHANDLE : Nfsstat4.NFS4ERR_BAD_STATEID;
      }
      held.remove(args.fh());
      recalled = known.stateid;
    }
    sendReturn(args.fh(), recalled);
    return Nfsstat4.NFS4_OK;
  }

  /** Handles CB_RECALL_ANY (RFC 8881 section 20.6): returns the delegations above its limit. */
  Nfsstat4 recallAny(CbRecallAny4Args args) {
    if (!args.typeMask().andNot(RECALLABLE).isEmpty()) {
      return Nfsstat4.NFS4ERR_INVAL;
    }
    if (!args.typeMask().has((int) Nfs4.RCA4_TYPE_MASK_RDATA_DLG)) {
      return Nfsstat4.NFS4_OK;
    }
    Map<NfsFh4, Stateid4> returned = new HashMap<>();
    synchronized (this) {
      held.entrySet().stream()
          .limit(Math.max(0, held.size() - args.objectsToKeep()))
          .forEach(one -> returned.put(one.getKey(), one.getValue().stateid));
      held.keySet().removeAll(returned.keySet());
    }
    returned.forEach(this::sendReturn);
    return Nfsstat4.NFS4_OK;
  }

  /** Returns all delegations, because the server cannot recall them (RFC 8881 section 10.4.5). */
  void returnAll() {
    Map<NfsFh4, Stateid4> all = new HashMap<>();
    synchronized (this) {
      held.forEach((file, known) -> all.put(file, known.stateid));
      held.clear();
    }
    all.forEach(this::sendReturn);
  }

  /** Sends DELEGRETURN (RFC 8881 section 18.6) in the background. */
  void sendReturn(NfsFh4 file, Stateid4 delegation) {
    CompletableFuture<Void> back =
        session
            .attempt(Compound.of(CompoundOps.put(file)).once(returning(delegation)).build())
            .thenAccept(results -> returned(delegation, results));
    Object key = new Object();
    returns.put(key, back);
    var _ = back.whenComplete((done, failure) -> returns.remove(key));
  }

  /** Completes when the pending DELEGRETURNs have ended, successfully or not. */
  CompletableFuture<Void> allReturned() {
    return CompletableFuture.allOf(
        returns.values().stream()
            .map(back -> back.exceptionally(failure -> null))
            .toArray(CompletableFuture[]::new));
  }

  /**
   * Handles the result of a DELEGRETURN at the end of a COMPOUND. A revoked stateid has to be freed
   * (RFC 8881 section 18.38).
   */
  void returned(Stateid4 delegation, Results results) {
    switch (results.status()) {
      case NFS4ERR_DELEG_REVOKED, NFS4ERR_ADMIN_REVOKED, NFS4ERR_EXPIRED -> {
        var _ =
            session.attempt(
                Compound.of()
                    .once(new NfsArgop4.FreeStateid(new FreeStateid4Args(delegation)))
                    .build());
      }
      default -> {}
    }
  }

  static NfsArgop4 returning(Stateid4 delegation) {
    return new NfsArgop4.Delegreturn(new Delegreturn4Args(delegation));
  }
}
