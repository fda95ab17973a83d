package io.ferrynfs.rpc.env;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A reference-counted buffer of a {@link BufferPool}. */
final class PooledBuffer {
  private final BufferPool pool;
  private final ByteBuffer bytes;
  private final AtomicInteger references = new AtomicInteger();

  PooledBuffer(BufferPool pool, int size) {
    this.pool = pool;
    this.bytes = ByteBuffer.allocateDirect(size);
  }

  /** Returns the whole buffer, for absolute access only: its position and limit are undefined. */
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

  /** Returns whether the reference of the caller is the only one. */
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
