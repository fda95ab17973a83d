package io.ferrynfs.server.administration;

import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.compound.Services;
import io.ferrynfs.server.export.ExportTable;
import io.ferrynfs.server.export.ExportTable.Access;
import io.ferrynfs.server.export.Exports;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.offload.CopyInput;
import io.ferrynfs.server.offload.CopyRequest;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.net.SocketAddress;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The replacement of the exports of a running server. It revokes the state of clients that lose
 * access to an export (RFC 8881 section 8.5) and ends copies from and to it.
 *
 * <p>Requests that began before the replacement may still open files. So the state is revoked again
 * after the last of these requests. This class does not wait for any peer.
 */
public final class ExportReplacement {
  private final Services services;
  private final Pool pool;

  /**
   * Creates the replacement.
   *
   * @param pool executes tasks that may wait for disks
   */
  public ExportReplacement(Services services, Pool pool) {
    this.services = services;
    this.pool = pool;
  }

  /**
   * Replaces the exports. This method reads directories and closes files.
   *
   * @return completes when nothing uses a removed export, so that the caller may close its volume
   * @throws IllegalArgumentException if the exports do not form a name space; nothing has changed
   *     then
   */
  public CompletableFuture<Void> replace(SequencedMap<String, ExportDefinition> entries) {
    Exports exports = services.exports();
    ExportTable next = exports.current().replacedBy(entries, services.env().clock().instant());
    Exports.Former former = exports.replace(next);
    CompletableFuture<Void> copiesEnded = revokeLost(former.table());
    return former
        .ended()
        .thenCompose(_ -> onPool(former.table()))
        .thenCompose(_ -> copiesEnded)
        .thenCompose(_ -> former.unused());
  }

  /**
   * Revokes state on the pool because the last request may end on the thread of a connection, which
   * must not wait for disks.
   */
  private CompletableFuture<Void> onPool(ExportTable former) {
    CompletableFuture<CompletableFuture<Void>> done = new CompletableFuture<>();
    Runnable work =
        () -> {
          try {
            done.complete(revokeLost(former));
          } catch (RuntimeException | Error fault) {
            done.completeExceptionally(fault);
          }
        };
    if (!pool.tryExecute(work)) {
      work.run();
    }
    return done.thenCompose(copiesEnded -> copiesEnded);
  }

  private CompletableFuture<Void> revokeLost(ExportTable former) {
    Change change = new Change(former, services.exports().current());
    services.state().revoke((clientid, file) -> change.removesAccess(address(clientid), file));
    return services.copies().revoke(copy -> end(change, copy));
  }

  private @Nullable SocketAddress address(long clientid) {
    return services.clients().addressOf(clientid);
  }

  private @Nullable Nfsstat4 end(Change change, CopyRequest copy) {
    @Nullable SocketAddress peer = address(copy.client().clientid());
    FileKey target = copy.target().key();
    if (change.removesAccess(peer, target)
        || (copy.source() instanceof CopyInput.Local(var source, var _)
            && change.removesAccess(peer, source.key()))) {
      return Nfsstat4.NFS4ERR_ADMIN_REVOKED;
    }
    return change.becomesReadOnly(peer, target) ? Nfsstat4.NFS4ERR_ROFS : null;
  }

  /**
   * The access that clients lose. State is revoked if no network may use the export, or if the
   * client's last address could use it before and cannot now. An address that could not use it
   * before does not count, because a client may have further addresses.
   */
  private record Change(ExportTable former, ExportTable current) {
    boolean removesAccess(@Nullable SocketAddress peer, FileKey file) {
      int export = file.exportId();
      return current.access(export, null) == Access.NONE
          || (former.access(export, peer) != Access.NONE
              && current.access(export, peer) == Access.NONE);
    }

    boolean becomesReadOnly(@Nullable SocketAddress peer, FileKey file) {
      int export = file.exportId();
      return former.access(export, peer) == Access.CHANGE
          && current.access(export, peer) == Access.READ;
    }
  }
}
