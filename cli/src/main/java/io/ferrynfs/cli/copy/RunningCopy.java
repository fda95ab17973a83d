package io.ferrynfs.cli.copy;

import org.jspecify.annotations.Nullable;

/** The copy of one file while it runs. */
interface RunningCopy {
  /** Returns the method in use, or null if it is not yet known. */
  @Nullable TransferMethod method();

  /** Stops the copy soon; it fails with an error. */
  void stop();
}
