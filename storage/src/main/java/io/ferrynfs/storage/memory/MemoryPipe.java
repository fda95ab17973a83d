package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Pipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** A pipe in memory with the semantics of a kernel pipe. It does not save a copy. */
final class MemoryPipe implements Pipe {
  private final Store store;

  /** The buffered bytes end at the position. */
  private final ByteBuffer held;

  private final AtomicBoolean closed = new AtomicBoolean();

  MemoryPipe(Store store, int bytesMax) {
    this.store = store;
    this.held = ByteBuffer.allocate(bytesMax);
    store.countPipe(1);
  }

  @Override
  public int take(ReadableByteChannel connection, int bytesMax) throws IOException {
    if (!held.hasRemaining()) {
      return NO_MORE;
    }
    int count = connection.read(held.limit(Math.min(held.capacity(), held.position() + bytesMax)));
    held.limit(held.capacity());
    return count < 0 ? NO_MORE : count;
  }

  @Override
  public int put(ByteBuffer bytes) {
    int count = Math.min(bytes.remaining(), held.remaining());
    held.put(bytes.slice(bytes.position(), count));
    bytes.position(bytes.position() + count);
    return count;
  }

  /** Returns the next bytes without removing them. */
  ByteBuffer next(int bytes) {
    return held.duplicate().flip().limit(bytes);
  }

  void taken(int bytes) {
    held.flip().position(bytes);
    held.compact();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      store.countPipe(-1);
    }
  }
}
