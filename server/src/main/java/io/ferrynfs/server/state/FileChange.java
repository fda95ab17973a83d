package io.ferrynfs.server.state;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A change of a file in progress. The server grants no delegation of the file until it is closed. A
 * second close has no effect. Any thread may close it.
 */
public final class FileChange implements AutoCloseable {
  /** The change of a file that does not exist. */
  public static final FileChange NONE = new FileChange(() -> {});

  private final Runnable end;
  private final AtomicBoolean ended = new AtomicBoolean();

  FileChange(Runnable end) {
    this.end = end;
  }

  @Override
  public void close() {
    if (ended.compareAndSet(false, true)) {
      end.run();
    }
  }
}
