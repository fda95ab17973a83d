package io.ferrynfs.server.offload;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;

/**
 * A copier of a range, piece by piece and in order. One thread at a time uses it, but any thread
 * may call {@link #copied}.
 */
interface Copier {
  /** The result of a step that could not copy anything yet; see {@link #whenReady}. */
  long NOT_YET = -1;

  /**
   * Returns the number of bytes copied so far, from the start of the range. Any thread may call
   * this method.
   */
  long copied();

  /**
   * Returns {@link #copied} without holes and shared blocks. The rate limit applies to these bytes.
   */
  long moved();

  /** Returns whether the whole range is copied. */
  boolean isComplete();

  /**
   * Copies the next piece.
   *
   * @return its number of bytes; 0 if the range is complete or the source now ends earlier; or
   *     {@link #NOT_YET}
   * @throws StorageException if no byte of the piece was copied; earlier pieces stay copied
   * @throws NfsStatusException likewise, with the status for the client
   */
  long step() throws StorageException, NfsStatusException;

  /** Copies a small piece, whatever the size of the next piece would be. */
  long smallStep() throws StorageException, NfsStatusException;

  /**
   * Runs a task once when a step after {@link #NOT_YET} may succeed. The task may run on any
   * thread, also immediately, and must not block.
   */
  default void whenReady(Runnable task) {
    task.run();
  }

  /** Stops copying. The caller owns the files again. */
  default void stop() {}
}
