package io.ferrynfs.storage.memory;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Four kibibytes of data, owned by one or more files. A block with more than one owner is
 * read-only; a file that writes to it copies it first. A block that was only reserved has no bytes
 * yet and reads as zeros.
 */
final class Block {
  static final int SIZE = 4096;

  private final AtomicInteger owners = new AtomicInteger(1);
  private byte @Nullable [] bytes;

  /** Returns whether the block was ever written. SEEK_HOLE treats an unwritten block as a hole. */
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

  /** Removes one owner; returns whether it was the last. */
  boolean disown() {
    return owners.decrementAndGet() == 0;
  }

  /** Returns a block with the same bytes and one owner. */
  Block copy() {
    Block copy = new Block();
    copy.bytes = bytes == null ? null : bytes.clone();
    return copy;
  }

  /** Returns the bytes for reading, or null if the block was never written. */
  byte @Nullable [] readable() {
    return bytes;
  }

  /** Returns the bytes for writing. Only the single owner may call this. */
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
