package ferry.cli;

import ferry.cli.base.ExitCode;
import ferry.client.NfsException;
import java.io.IOException;

/** Which exit code an error gets. */
final class Errors {
  private Errors() {}

  static int exitCode(IOException e) {
    boolean unreachable =
        e instanceof NfsException nfs
            && (nfs.is(NfsException.Reason.UNREACHABLE) || nfs.is(NfsException.Reason.TIMED_OUT));
    return unreachable ? ExitCode.UNREACHABLE : ExitCode.FAILED;
  }
}
