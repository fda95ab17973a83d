package io.ferrynfs.server.source;

import io.ferrynfs.server.source.SourceFile.Extent;
import io.ferrynfs.server.source.SourceFile.Piece;
import io.ferrynfs.storage.OpenFile;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a copy reads of another server's file. Failures of the futures are {@link SourceFailure}s.
 */
public interface SourceBytes {
  /** Whether it takes less space than it has bytes, and the source can be asked where. */
  boolean hasHoles();

  /** The data of one READ, at most. */
  int readBytes();

  /**
   * READ, whose data goes behind what there is in a room, which nobody else may use until the
   * future completes. If the transport has data for it later still, because the call was sent
   * again, that goes nowhere and ends the connection that it comes on.
   */
  CompletableFuture<Piece> read(ReadRoom room, long offset, int bytes);

  /** The next data, and how far it goes. */
  CompletableFuture<Extent> nextData(long offset);

  /** Room for {@link #read}; see {@link ReadBuffers.Share#take}. */
  @Nullable ReadRoom takeRoom(OpenFile target, long bytes, Runnable whenFree);

  /** What is in it is written, or of no use. */
  void giveBack(ReadRoom room);

  /** The source has not answered: who comes next is to connect anew. */
  void suspectLink();
}
