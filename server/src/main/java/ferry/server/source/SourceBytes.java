package ferry.server.source;

import ferry.server.source.SourceFile.Extent;
import ferry.server.source.SourceFile.Piece;
import java.nio.ByteBuffer;
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
   * READ straight into a buffer's room, which nobody may touch until the future completes. When it
   * fails with anything but an answer of the source, the transport may still do so then.
   */
  CompletableFuture<Piece> read(ByteBuffer into, long offset);

  /** The next data, and how far it goes. */
  CompletableFuture<Extent> nextData(long offset);

  /** A buffer for {@link #read}; see {@link ReadBuffers.Share#take}. */
  @Nullable ByteBuffer takeBuffer(Runnable whenFree);

  /** The buffer's content is written, or of no use. */
  void giveBack(ByteBuffer buffer);

  /** The buffer went into a READ that ended without an answer, and is lost. */
  void abandonBuffer();

  /** The source has not answered: who comes next is to connect anew. */
  void suspectLink();
}
