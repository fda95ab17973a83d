package io.ferrynfs.cli.copy;

import org.jspecify.annotations.Nullable;

/** One file being copied. */
interface Underway {
  /** The way that its bytes take now, as far as it is known. */
  @Nullable Way way();

  /** Ends it soon; whoever waits for it gets an error. */
  void stop();
}
