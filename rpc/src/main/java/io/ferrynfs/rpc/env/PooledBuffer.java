package io.ferrynfs.rpc.env;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A buffer of a {@link BufferPool}, which gets it back with the last reference. */
final class PooledBuffer {
  private final BufferPool pool;
  private final ByteBuffer bytes;
  private final AtomicInteger references = new AtomicInteger();

  PooledBuffer(BufferPool pool, int size) {
    this.pool = pool;
    this.bytes = ByteBuffer.allocateDirect(size);
  }

  /** The whole buffer. Only absolute access: its position and limit are nobody's. */
  ByteBuffer bytes() {
    return bytes;
  }

  PooledBuffer lend() {
    references.set(1);
    return this;
  }

  void retain() {
    references.incrementAndGet();
  }

  /** Whether the caller, who has a reference, has the only one. */
  boolean isSole() {
    return references.get() == 1;
  }

  void release() {
    int left = references.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("released more often than retained");
    }
    if (left == 0) {
      pool.takeBack(this);
    }
  }
}
