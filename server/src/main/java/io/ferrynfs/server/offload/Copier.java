package io.ferrynfs.server.offload;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;

/**
 * What copies a range, a piece at a time and in order. Used by one thread at a time, but for {@link
 * #copied}.
 */
interface Copier {
  /** What a step answers that could not copy anything yet: see {@link #whenReady}. */
  long NOT_YET = -1;

  /** Bytes copied so far, from the start of the range. Any thread may ask. */
  long copied();

  /** The same without what the files share, or what is a hole: what the rate is about. */
  long moved();

  /** Whether the whole range is copied. */
  boolean isComplete();

  /**
   * Copies the next piece.
   *
   * @return its bytes; 0 when the range is complete, or the source ends before it does by now; or
   *     {@link #NOT_YET}
   * @throws StorageException when not a byte of the piece could be copied; what was copied before
   *     is there
   * @throws NfsStatusException likewise, with what the client is to be told
   */
  long step() throws StorageException, NfsStatusException;

  /** Copies a small piece, whatever the size that would come next. */
  long smallStep() throws StorageException, NfsStatusException;

  /**
   * After {@link #NOT_YET}: runs a task, once, when it is worth trying again. On any thread, also
   * at once; it must not block.
   */
  default void whenReady(Runnable task) {
    task.run();
  }

  /** Nothing more is copied. The files are the caller's. */
  default void stop() {}
}
