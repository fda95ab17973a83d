package io.ferrynfs.server.state;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A change of a file while it happens: as long as it lasts, nobody gets a delegation of the file.
 * Closing twice does nothing; any thread may close.
 */
public final class FileChange implements AutoCloseable {
  /** Of a file that is not there. */
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
