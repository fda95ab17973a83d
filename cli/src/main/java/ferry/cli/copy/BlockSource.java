package ferry.cli.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;

/** A file to read blocks from, at any position. */
interface BlockSource extends AutoCloseable {

  /** Starts to read; the future has the bytes read, -1 at the end. */
  Future<Integer> read(ByteBuffer into, long positionBytes) throws IOException;

  /** The first position at or after this one that may hold data; {@code endBytes} if none does. */
  long nextData(long positionBytes, long endBytes) throws IOException;

  @Override
  void close() throws IOException;
}
