package io.ferrynfs.client.file;

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
 * The read delegations of this client (RFC 8881 section 10.4). One is held by the open that it came
 * with, returned with its CLOSE in the same call, and at once when the server recalls it or this
 * client itself opens the file to write. Every open is one of the server's, so nothing has to be
 * opened before a return.
 *
 * <p>As long as one is held, no other client changes the file, and the attributes that were asked
 * for are good. They are believed for a quarter of the lease: a server that cannot reach this
 * client waits for a whole lease before it takes a delegation away (section 10.4.5). Any change
 * that this client makes by a name forgets all of them.
 *
 * <p>What the server delegates unasked goes back at once. Safe for threads.
 */
final class ReadDelegations {
  private static final int PARTS_OF_LEASE = 4;

  /** What CB_RECALL_ANY may speak of (section 20.6.3). */
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
  private final long believedNanos;

  // Guarded by this.
  private final Map<NfsFh4, Held> held = new HashMap<>();
  private int opening;
  private long changes;

  /** DELEGRETURNs that are not answered yet. */
  private final Map<Object, CompletableFuture<Void>> returns = new ConcurrentHashMap<>();

  /** One delegation. */
  private static final class Held {
    final RemoteOpenFile by;
    Stateid4 stateid;
    @Nullable FileAttributes attributes;
    long askedNanos;

    Held(RemoteOpenFile by, Stateid4 stateid) {
      this.by = by;
      this.stateid = stateid;
    }
  }

  /**
   * A look at the attributes of a file that begins now.
   *
   * @param changes how many changes this client had made
   * @param askedNanos when it began
   */
  record Look(long changes, long askedNanos) {}

  ReadDelegations(ServerSession session, LongSupplier nanoTime, int leaseSeconds) {
    this.session = session;
    this.nanoTime = nanoTime;
    believedNanos = Duration.ofSeconds(leaseSeconds).toNanos() / PARTS_OF_LEASE;
  }

  /** An OPEN that may come with one begins: until it is answered a recall may be of that one. */
  synchronized void opens() {
    opening++;
  }

  /** That OPEN has been dealt with. */
  synchronized void opened() {
    opening--;
  }

  /** A look at some attributes begins. */
  synchronized Look look() {
    return new Look(changes, nanoTime.getAsLong());
  }

  /**
   * An OPEN was answered.
   *
   * @param by the open, which must be among those of this client already
   * @param isWanted whether it may keep a delegation
   */
  void answered(RemoteOpenFile by, OpenDelegation4 delegation, boolean isWanted) {
    switch (delegation) {
      case OpenDelegation4.Read(OpenReadDelegation4 read) -> {
        if (!isWanted || read.recall() || !keep(by, read.stateid())) {
          giveBack(by.handle(), read.stateid());
        }
      }
      case OpenDelegation4.Write(var write) -> giveBack(by.handle(), write.stateid());
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

  /** The attributes of the file, if they are known to be what the server has. */
  synchronized Optional<FileAttributes> attributes(NfsFh4 file) {
    Held known = held.get(file);
    return known != null && nanoTime.getAsLong() - known.askedNanos < believedNanos
        ? Optional.ofNullable(known.attributes)
        : Optional.empty();
  }

  /** The server has told the attributes of a file, in an answer to a look. */
  synchronized void learned(NfsFh4 file, Look look, FileAttributes attributes) {
    Held known = held.get(file);
    if (known != null && look.changes() == changes) {
      known.attributes = attributes;
      known.askedNanos = look.askedNanos();
    }
  }

  /** This client has changed something by a name or a filehandle. */
  synchronized void changed() {
    changes++;
    held.values().forEach(known -> known.attributes = null);
  }

  /** This client writes to the file from now on. */
  void written(NfsFh4 file) {
    Held known;
    synchronized (this) {
      changes++;
      known = held.remove(file);
    }
    if (known != null) {
      giveBack(file, known.stateid);
    }
  }

  /** Whether this open holds one. */
  synchronized boolean isHeld(RemoteOpenFile by) {
    Held known = held.get(by.handle());
    return known != null && known.by == by;
  }

  /** The one of an open that is closed or has lost its delegation; null when it has none. */
  synchronized @Nullable Stateid4 take(RemoteOpenFile by) {
    if (!isHeld(by)) {
      return null;
    }
    Held known = held.remove(by.handle());
    return known == null ? null : known.stateid;
  }

  /** The server has started again: what it said before is good no more. */
  synchronized void doubt(RemoteOpenFile by) {
    Held known = held.get(by.handle());
    if (known != null) {
      known.attributes = null;
    }
  }

  /** The stateids of all. */
  synchronized List<Stateid4> stateids() {
    return held.values().stream().map(known -> known.stateid).toList();
  }

  /** The server has taken this one away. */
  synchronized void revoked(Stateid4 stateid) {
    held.values().removeIf(known -> known.stateid.other().equals(stateid.other()));
  }

  /** CB_RECALL (section 20.2): it goes back in the background. */
  Nfsstat4 recall(CbRecall4Args args) {
    Stateid4 recalled;
    synchronized (this) {
      Held known = held.get(args.fh());
      if (known == null || !known.stateid.other().equals(args.stateid().other())) {
        if (opening > 0) {
          // It may be the one that the reply to an OPEN brings (section 2.10.6.3).
          return Nfsstat4.NFS4ERR_DELAY;
        }
        return known == null ? Nfsstat4.NFS4ERR_BADHANDLE : Nfsstat4.NFS4ERR_BAD_STATEID;
      }
      held.remove(args.fh());
      recalled = known.stateid;
    }
    giveBack(args.fh(), recalled);
    return Nfsstat4.NFS4_OK;
  }

  /** CB_RECALL_ANY (section 20.6): as many go back as are more than the server wants to keep. */
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
    returned.forEach(this::giveBack);
    return Nfsstat4.NFS4_OK;
  }

  /** The server cannot recall any (section 10.4.5). */
  void giveAllBack() {
    Map<NfsFh4, Stateid4> all = new HashMap<>();
    synchronized (this) {
      held.forEach((file, known) -> all.put(file, known.stateid));
      held.clear();
    }
    all.forEach(this::giveBack);
  }

  /** DELEGRETURN (section 18.6) in the background. */
  void giveBack(NfsFh4 file, Stateid4 delegation) {
    CompletableFuture<Void> back =
        session
            .attempt(Compound.of(CompoundOps.put(file)).once(returning(delegation)).build())
            .thenAccept(results -> returned(delegation, results));
    Object key = new Object();
    returns.put(key, back);
    var _ = back.whenComplete((done, failure) -> returns.remove(key));
  }

  /** Completes when the DELEGRETURNs of now are answered, or never will be. */
  CompletableFuture<Void> allReturned() {
    return CompletableFuture.allOf(
        returns.values().stream()
            .map(back -> back.exceptionally(failure -> null))
            .toArray(CompletableFuture[]::new));
  }

  /**
   * DELEGRETURN was last in a COMPOUND. The server keeps a stateid that it has revoked until it is
   * freed (section 18.38).
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
