package io.ferrynfs.storage.memory;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Four kibibytes of one or more files. While more than one file owns a block nobody writes to it;
 * who wants to, writes to a copy of his own. A block that was only reserved has no bytes yet and
 * reads as zeros.
 */
final class Block {
  static final int SIZE = 4096;

  private final AtomicInteger owners = new AtomicInteger(1);
  private byte @Nullable [] bytes;

  /** Whether something was ever written; if not, the block is a hole for those who look for one. */
  boolean isWritten() {
    return bytes != null;
  }

  boolean isShared() {
    return owners.get() > 1;
  }

  Block share() {
    owners.incrementAndGet();
    return this;
  }

  /** Gives one ownership up; true if it was the last. */
  boolean disown() {
    return owners.decrementAndGet() == 0;
  }

  /** A block with the same bytes and one owner. */
  Block copy() {
    Block copy = new Block();
    copy.bytes = bytes == null ? null : bytes.clone();
    return copy;
  }

  /** To read from; null if nothing was ever written. */
  byte @Nullable [] readable() {
    return bytes;
  }

  /** To write to; only for the single owner. */
  byte[] writable() {
    if (bytes == null) {
      bytes = new byte[SIZE];
    }
    return bytes;
  }

  void zero(int from, int to) {
    if (bytes != null) {
      Arrays.fill(bytes, from, to, (byte) 0);
    }
  }
}
