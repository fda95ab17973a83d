package io.ferrynfs.server.source;

import io.ferrynfs.server.source.SourceFile.Extent;
import io.ferrynfs.server.source.SourceFile.Piece;
import io.ferrynfs.storage.OpenFile;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The READs of a copy from a file of another server. The futures fail with {@link SourceFailure}s.
 */
public interface SourceBytes {
  /** Returns whether the file may have holes and the source supports SEEK. */
  boolean hasHoles();

  /** Returns the maximum size of one READ in bytes. */
  int readBytes();

  /**
   * Sends READ. Its data follows the data that the room has. No other caller may use the room until
   * the future completes. Data that arrives later, after a retransmission of the call, is discarded
   * and ends its connection.
   */
  CompletableFuture<Piece> read(ReadRoom room, long offset, int bytes);

  /** Returns the next data and its end. */
  CompletableFuture<Extent> nextData(long offset);

  /** Takes a room for {@link #read}; see {@link ReadBuffers.Share#take}. */
  @Nullable ReadRoom takeRoom(OpenFile target, long bytes, Runnable whenFree);

  /** Returns a room whose data is written or not needed. */
  void giveBack(ReadRoom room);

  /** Discards the link after a time-out, so that the next copy connects again. */
  void suspectLink();
}
