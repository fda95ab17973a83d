package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Console;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.copy.RunningCopies;
import java.util.concurrent.CountDownLatch;

/**
 * What Ctrl-C does to a command that copies: the copies are stopped, at their servers too, and the
 * command says how far it came before it ends.
 */
final class Interruption implements AutoCloseable {
  /** For servers that have to be told; one that is gone must not keep a person waiting. */
  private static final long PATIENCE_SECONDS = 10;

  private final CountDownLatch over = new CountDownLatch(1);
  private final Console console;
  private final RunningCopies copies;
  private final Runnable callOff;

  /** From now on and until it is closed, which is when all has been said. */
  Interruption(Console console, RunningCopies copies) {
    this.console = console;
    this.copies = copies;
    this.callOff = Machine.onTermination(this::interrupted);
  }

  private int interrupted() {
    copies.stop();
    if (!Machine.await(over, PATIENCE_SECONDS)) {
      console.error("a server has not said that it stopped; it may still be copying");
    }
    return ExitCode.INTERRUPTED;
  }

  @Override
  public void close() {
    over.countDown();
    callOff.run();
  }
}
