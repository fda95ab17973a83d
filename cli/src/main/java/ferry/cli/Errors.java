package ferry.cli;

import ferry.cli.admin.ServerNotFoundException;
import ferry.cli.base.ExitCode;
import ferry.cli.base.Failures;
import java.io.IOException;

/** Which exit code an error gets. */
final class Errors {
  private Errors() {}

  static int exitCode(IOException e) {
    return e instanceof ServerNotFoundException ? ExitCode.UNREACHABLE : Failures.exitCode(e);
  }
}
