package io.ferrynfs.client;

import io.ferrynfs.client.file.ByteRangeLocks;
import io.ferrynfs.client.file.HeldRange;
import java.util.concurrent.CompletableFuture;

/**
 * A byte-range lock of an {@link NfsFile} (RFC 8881 section 9). It is held until it or the file is
 * closed. Safe for use by several threads.
 */
public final class NfsLock implements AutoCloseable {
  private final ByteRangeLocks locks;
  private final HeldRange held;
  private final String whatFails;
  private final long positionBytes;
  private final long sizeBytes;
  private final boolean shared;

  NfsLock(
      ByteRangeLocks locks,
      HeldRange held,
      String whatFails,
      long positionBytes,
      long sizeBytes,
      boolean shared) {
    this.locks = locks;
    this.held = held;
    this.whatFails = whatFails;
    this.positionBytes = positionBytes;
    this.sizeBytes = sizeBytes;
    this.shared = shared;
  }

  /** Returns the length on the wire. A range up to {@link Long#MAX_VALUE} has no end there. */
  static long length(long positionBytes, long sizeBytes) {
    if (positionBytes < 0 || sizeBytes < 0 || positionBytes + sizeBytes < 0) {
      throw new IllegalArgumentException(
          "no range of a file: " + sizeBytes + " bytes from " + positionBytes);
    }
    boolean toEnd = sizeBytes == 0 || positionBytes + sizeBytes == Long.MAX_VALUE;
    return toEnd ? ByteRangeLocks.TO_END : sizeBytes;
  }

  /** Returns the offset of the first byte. */
  public long positionBytes() {
    return positionBytes;
  }

  /** Returns the length in bytes; 0 for the rest of the file. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** Returns whether other owners may share the lock. */
  public boolean isShared() {
    return shared;
  }

  /** Returns whether the lock is held: it is neither closed nor known to be lost. */
  public boolean isValid() {
    return locks.isHeld(held);
  }

  /**
   * Releases the lock (LOCKU, RFC 8881 section 18.12) and blocks until the server replies. Does
   * nothing if the lock was lost or is closed. Closing a lost lock makes the file usable again.
   *
   * @throws NfsException with {@link NfsException.Reason#CLOSED} if the client is closed
   */
  @Override
  public void close() throws NfsException {
    NfsErrors.await(closeAsync());
  }

  /** Does what {@link #close} does, without blocking. */
  public CompletableFuture<Void> closeAsync() {
    return NfsErrors.named(whatFails, locks.unlock(held));
  }
}
