package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.operation.support.LockSupport;
import io.ferrynfs.server.recovery.Recovery;
import io.ferrynfs.server.session.Callback;
import io.ferrynfs.server.session.Client;
import io.ferrynfs.server.state.ByteRange;
import io.ferrynfs.server.state.LockOutcome;
import io.ferrynfs.server.state.LockRequest;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.CbNotifyLock4Args;
import io.ferrynfs.wire.nfs4.ExistLockOwner4;
import io.ferrynfs.wire.nfs4.Lock4Args;
import io.ferrynfs.wire.nfs4.Lock4Res;
import io.ferrynfs.wire.nfs4.Lock4Resok;
import io.ferrynfs.wire.nfs4.Locker4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenToLockOwner4;
import io.ferrynfs.wire.nfs4.StateOwner4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The LOCK operation (RFC 8881 section 18.10).
 *
 * <p>The seqids of owners and the clientid in the lock-owner are ignored, as minor version 1
 * requires.
 */
final class Lock implements NfsOperation<Lock4Args, Lock4Res> {

  @Override
  public Lock4Res execute(Lock4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    ByteRange range = ByteRange.of(args.offset(), args.length());
    LockRequest request = request(args, c, range);
    try {
      FileUses.checkMayLock(c, request);
      return args.reclaim() ? reclaim(request, c) : lock(request, c);
    } catch (NfsStatusException e) {
      throw LockSupport.withTypeChecked(e, c);
    }
  }

  private static LockRequest request(Lock4Args args, CompoundContext c, ByteRange range)
      throws NfsStatusException {
    boolean waits = LockSupport.waits(args.locktype()) && !args.reclaim();
    return new LockRequest(
        c.client().clientid(),
        c.current().key(),
        locker(args.locker(), c),
        range,
        LockSupport.isExclusive(args.locktype()),
        waits,
        waits ? notice(c.client(), c.current()) : null);
  }

  private static LockRequest.Locker locker(Locker4 locker, CompoundContext c)
      throws NfsStatusException {
    return switch (locker) {
      case Locker4.True(OpenToLockOwner4 open) ->
          new LockRequest.ByOpen(c.resolve(open.openStateid()), open.lockOwner().owner());
      case Locker4.False(ExistLockOwner4 lock) ->
          new LockRequest.ByLock(c.resolve(lock.lockStateid()));
    };
  }

  /**
   * Returns the sender of CB_NOTIFY_LOCK (RFC 8881 section 20.11), or null if the client has no
   * connection for callbacks.
   */
  private static @Nullable Consumer<Opaque> notice(Client client, FileRef file) {
    if (!client.callbacks().hasPath()) {
      return null;
    }
    NfsFh4 wire = file.wire();
    return owner -> {
      StateOwner4 lockOwner = new StateOwner4(client.clientid(), owner);
      var _ =
          client
              .callbacks()
              .send(
                  Callback.of(new NfsCbArgop4.NotifyLock(new CbNotifyLock4Args(wire, lockOwner))));
    };
  }

  private static Lock4Res lock(LockRequest request, CompoundContext c) throws NfsStatusException {
    c.checkNotInGrace();
    return switch (c.services().state().locks().lock(request)) {
      case LockOutcome.Granted(var stateid) -> {
        c.setCurrentStateid(stateid);
        yield new Lock4Res.Ok(new Lock4Resok(stateid));
      }
      case LockOutcome.Denied(var conflict) -> new Lock4Res.Denied(LockSupport.denied(conflict));
    };
  }

  /**
   * Reclaims a lock in the grace period (RFC 8881 section 8.4.2.1). The open was reclaimed, too,
   * because no other opens exist yet. A conflicting lock was also reclaimed, so one of the two
   * clients is in error.
   */
  private static Lock4Res reclaim(LockRequest request, CompoundContext c)
      throws NfsStatusException {
    try (Recovery.Reclaim _ = c.client().reclaim()) {
      if (c.services().state().locks().lock(request) instanceof LockOutcome.Granted(var stateid)) {
        c.setCurrentStateid(stateid);
        return new Lock4Res.Ok(new Lock4Resok(stateid));
      }
      throw new NfsStatusException(Nfsstat4.NFS4ERR_RECLAIM_CONFLICT);
    }
  }

  @Override
  public boolean changesState() {
    return true;
  }

  @Override
  public int replyBytesMax(Lock4Args args) {
    return LockSupport.REPLY_BYTES_MAX;
  }
}
