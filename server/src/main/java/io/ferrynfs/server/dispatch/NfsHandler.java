package io.ferrynfs.server.dispatch;

import io.ferrynfs.rpc.RpcCall;
import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcReject;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.auth.RpcPrincipal;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.compound.OperationTable;
import io.ferrynfs.server.compound.Services;
import io.ferrynfs.server.observation.Observer;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.xdr.XdrException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The NFS program, version 4: its two procedures, NULL and COMPOUND (RFC 8881 sections 16.1, 16.2).
 */
public final class NfsHandler implements RpcHandler {
  private final Services services;
  private final OperationTable operations;
  private final FairBulkQueue bulk;
  private final GroupCache groups;
  private final Observer observer;

  /**
   * Creates a handler for all connections.
   *
   * @param bulk runs the operations that must not run on a connection's thread
   * @param groups finds the groups of callers
   * @param observer observes the operations
   */
  public NfsHandler(
      Services services,
      OperationTable operations,
      FairBulkQueue bulk,
      GroupCache groups,
      Observer observer) {
    this.services = services;
    this.operations = operations;
    this.bulk = bulk;
    this.groups = groups;
    this.observer = observer;
  }

  @Override
  public void handle(RpcCall call) {
    if (call.program() != (int) Nfs4.NFS4_PROGRAM) {
      reject(call, RpcReject.PROG_UNAVAIL);
    } else if (call.version() != (int) Nfs4.NFS_V4) {
      reject(call, new RpcReject.ProgMismatch((int) Nfs4.NFS_V4, (int) Nfs4.NFS_V4));
    } else if (call.procedure() == (int) Nfs4.NFSPROC4_NULL) {
      call.reply(out -> {});
    } else if (call.procedure() == (int) Nfs4.NFSPROC4_COMPOUND) {
      compound(call);
    } else {
      reject(call, RpcReject.PROC_UNAVAIL);
    }
  }

  private void reject(RpcCall call, RpcReject reason) {
    observer.rejected(call.connection().peerAddress(), reason.toString());
    call.reject(reason);
  }

  private void compound(RpcCall call) {
    CompoundHeader header;
    try {
      header = CompoundHeader.decode(call.arguments());
    } catch (XdrException e) {
      reject(call, RpcReject.GARBAGE_ARGS);
      return;
    }
    observer.received();
    Principal caller = principal(call.principal());
    Principal known = groups.known(caller);
    if (known != null) {
      start(call, known, header);
      return;
    }
    CompletableFuture<Principal> found = groups.lookUp(caller, address(call.connection()));
    if (found.isDone()) {
      start(call, found.join(), header);
      return;
    }
    var _ =
        found.thenAccept(one -> {
          Runnable run = () -> start(call, one, header);
          if (!bulk.tryExecute(call.connection(), call.recordBytes(), run)) {
            run.run();
          }
        });
  }

  private void start(RpcCall call, Principal caller, CompoundHeader header) {
    new CompoundRun(services, operations, bulk, call, caller, header, observer).start();
  }

  private static Object address(RpcConnection connection) {
    SocketAddress peer = connection.peerAddress();
    return peer instanceof InetSocketAddress inet && !inet.isUnresolved()
        ? inet.getAddress()
        : peer;
  }

  private static Principal principal(RpcPrincipal caller) {
    return switch (caller) {
      case Credential.None none -> Principal.NONE;
      case Credential.Sys sys ->
          new Principal(sys.flavor(), sys.name(), sys.uid(), sys.gid(), sys.gids());
      default ->
          new Principal(
              caller.flavor(), caller.name(), Principal.NOBODY, Principal.NOBODY, List.of());
    };
  }

  @Override
  public void closed(RpcConnection connection, IOException cause) {
    services.clients().connectionClosed(connection);
  }
}
