package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Console;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.copy.RunningCopies;
import java.util.concurrent.CountDownLatch;

/**
 * Handles SIGINT and SIGTERM while a command copies: stops the copies, also at the servers, and
 * lets the command print its report before the process exits.
 */
final class Interruption implements AutoCloseable {
  /** How long to wait for the servers to confirm. */
  private static final long STOP_SECONDS_MAX = 10;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Console console;
  private final RunningCopies copies;
  private final Runnable unregister;

  /** Handles signals until it is closed, which is after the report was printed. */
  Interruption(Console console, RunningCopies copies) {
    this.console = console;
    this.copies = copies;
    this.unregister = Machine.onTermination(this::interrupted);
  }

  private int interrupted() {
    copies.stop();
    if (!Machine.await(finished, STOP_SECONDS_MAX)) {
      console.error("a server has not confirmed the stop and may still be copying");
    }
    return ExitCode.INTERRUPTED;
  }

  @Override
  public void close() {
    finished.countDown();
    unregister.run();
  }
}
