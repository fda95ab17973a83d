package io.ferrynfs.cli;

import io.ferrynfs.cli.admin.ServerNotFoundException;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Failures;
import java.io.IOException;

/** Which exit code an error gets. */
final class Errors {
  private Errors() {}

  static int exitCode(IOException e) {
    return e instanceof ServerNotFoundException ? ExitCode.UNREACHABLE : Failures.exitCode(e);
  }
}
