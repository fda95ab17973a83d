package ferry.cli;

import ferry.cli.admin.ServerNotFoundException;
import ferry.cli.base.ExitCode;
import ferry.client.NfsException;
import ferry.rpc.RpcException;
import java.io.IOException;

/** Which exit code an error gets. */
final class Errors {
  private Errors() {}

  static int exitCode(IOException e) {
    boolean unreachable =
        switch (e) {
          case NfsException nfs ->
              nfs.is(NfsException.Reason.UNREACHABLE) || nfs.is(NfsException.Reason.TIMED_OUT);
          case ServerNotFoundException notFound -> true;
          case RpcException rpc ->
              rpc.isConnectionFailure() || rpc.kind() == RpcException.Kind.TIMED_OUT;
          default -> false;
        };
    return unreachable ? ExitCode.UNREACHABLE : ExitCode.FAILED;
  }
}
