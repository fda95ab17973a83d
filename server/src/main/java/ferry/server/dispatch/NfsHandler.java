package ferry.server.dispatch;

import ferry.rpc.Credential;
import ferry.rpc.RpcCall;
import ferry.rpc.RpcConnection;
import ferry.rpc.RpcHandler;
import ferry.rpc.RpcReject;
import ferry.server.access.Principal;
import ferry.server.operation.OperationTable;
import ferry.server.operation.Services;
import ferry.wire.nfs4.Nfs4;
import ferry.wire.rpc.Rpc;
import ferry.wire.xdr.XdrException;
import java.io.IOException;

/** The NFS program, version 4: its two procedures, NULL and COMPOUND (RFC 5661 16.1, 16.2). */
public final class NfsHandler implements RpcHandler {
  private final Services services;
  private final OperationTable operations;
  private final FairBulk bulk;

  /**
   * A handler for any number of connections.
   *
   * @param bulk runs what must not run on a connection's own thread
   */
  public NfsHandler(Services services, OperationTable operations, FairBulk bulk) {
    this.services = services;
    this.operations = operations;
    this.bulk = bulk;
  }

  @Override
  public void handle(RpcCall call) {
    if (call.program() != (int) Nfs4.NFS4_PROGRAM) {
      call.reject(RpcReject.PROG_UNAVAIL);
    } else if (call.version() != (int) Nfs4.NFS_V4) {
      call.reject(new RpcReject.ProgMismatch((int) Nfs4.NFS_V4, (int) Nfs4.NFS_V4));
    } else if (call.procedure() == (int) Nfs4.NFSPROC4_NULL) {
      call.reply(out -> {});
    } else if (call.procedure() == (int) Nfs4.NFSPROC4_COMPOUND) {
      compound(call);
    } else {
      call.reject(RpcReject.PROC_UNAVAIL);
    }
  }

  private void compound(RpcCall call) {
    CompoundHeader header;
    try {
      header = CompoundHeader.decode(call.arguments());
    } catch (XdrException e) {
      call.reject(RpcReject.GARBAGE_ARGS);
      return;
    }
    new CompoundRun(services, operations, bulk, call, principal(call.credential()), header).start();
  }

  private static Principal principal(Credential credential) {
    return switch (credential) {
      case Credential.None none -> Principal.NONE;
      case Credential.Sys sys ->
          new Principal((int) Rpc.AUTH_SYS, sys.uid(), sys.gid(), sys.gids());
    };
  }

  @Override
  public void closed(RpcConnection connection, IOException cause) {
    services.clients().connectionClosed(connection);
  }
}
