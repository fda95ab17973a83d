package io.ferrynfs.server.operation;

import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.ExportDefinition;
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
 * Other exports, while the server runs. What clients hold of an export that is not there any more,
 * or not for them, is revoked (RFC 8881 section 8.5), and copies from and to it end.
 *
 * <p>Requests that began before may still open something; so the same is done once more when the
 * last of them has ended. Nothing here waits for a peer.
 */
public final class ExportReplacement {
  private final Services services;
  private final Pool pool;

  /**
   * @param pool may wait for disks
   */
  public ExportReplacement(Services services, Pool pool) {
    this.services = services;
    this.pool = pool;
  }

  /**
   * Replaces the exports. Reads directories, and closes files.
   *
   * @return completes when nothing uses what was taken away, so that its volumes may be closed
   * @throws IllegalArgumentException when they make no name space, and then nothing has changed
   */
  public CompletableFuture<Void> replace(SequencedMap<String, ExportDefinition> entries) {
    Exports exports = services.exports();
    ExportTable next = exports.current().replacedBy(entries, services.env().clock().instant());
    Exports.Former former = exports.replace(next);
    CompletableFuture<Void> copiesEnd = takeAway(former.table());
    return former
        .ended()
        .thenCompose(_ -> onPool(former.table()))
        .thenCompose(_ -> copiesEnd)
        .thenCompose(_ -> former.unused());
  }

  /** The last request may end on a connection's thread, which is not for disks. */
  private CompletableFuture<Void> onPool(ExportTable former) {
    CompletableFuture<CompletableFuture<Void>> done = new CompletableFuture<>();
    Runnable work =
        () -> {
          try {
            done.complete(takeAway(former));
          } catch (RuntimeException | Error fault) {
            done.completeExceptionally(fault);
          }
        };
    if (!pool.tryExecute(work)) {
      work.run();
    }
    return done.thenCompose(copiesEnd -> copiesEnd);
  }

  private CompletableFuture<Void> takeAway(ExportTable former) {
    Change change = new Change(former, services.exports().current());
    services.state().revoke((clientid, file) -> change.takes(address(clientid), file));
    return services.copies().revoke(copy -> end(change, copy));
  }

  private @Nullable SocketAddress address(long clientid) {
    return services.clients().addressOf(clientid);
  }

  private @Nullable Nfsstat4 end(Change change, CopyRequest copy) {
    @Nullable SocketAddress peer = address(copy.client().clientid());
    FileKey target = copy.target().key();
    if (change.takes(peer, target)
        || (copy.source() instanceof CopyInput.Here(var source, var _)
            && change.takes(peer, source.key()))) {
      return Nfsstat4.NFS4ERR_ADMIN_REVOKED;
    }
    return change.forbidsChanging(peer, target) ? Nfsstat4.NFS4ERR_ROFS : null;
  }

  /**
   * What clients may no more. That they may less than they could at another time is not enough: a
   * client has other addresses than the one that it came from last.
   */
  private record Change(ExportTable former, ExportTable current) {
    boolean takes(@Nullable SocketAddress peer, FileKey file) {
      int export = file.exportId();
      return current.access(export, null) == Access.NONE
          || (former.access(export, peer) != Access.NONE
              && current.access(export, peer) == Access.NONE);
    }

    boolean forbidsChanging(@Nullable SocketAddress peer, FileKey file) {
      int export = file.exportId();
      return former.access(export, peer) == Access.CHANGE
          && current.access(export, peer) == Access.READ;
    }
  }
}
