package io.ferrynfs.client;

import io.ferrynfs.client.file.ByteRangeLocks;
import java.util.concurrent.CompletableFuture;

/** Bytes of a file that are locked for one {@link NfsFile}, until this or the file is closed. */
public final class NfsLock implements AutoCloseable {
  private final ByteRangeLocks locks;
  private final ByteRangeLocks.Held held;
  private final String whatFails;
  private final long positionBytes;
  private final long sizeBytes;
  private final boolean shared;

  NfsLock(
      ByteRangeLocks locks,
      ByteRangeLocks.Held held,
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

  /** The length on the wire; what ends at the last position that Java knows has no end. */
  static long length(long positionBytes, long sizeBytes) {
    if (positionBytes < 0 || sizeBytes < 0 || positionBytes + sizeBytes < 0) {
      throw new IllegalArgumentException(
          "no range of a file: " + sizeBytes + " bytes from " + positionBytes);
    }
    boolean toEnd = sizeBytes == 0 || positionBytes + sizeBytes == Long.MAX_VALUE;
    return toEnd ? ByteRangeLocks.TO_END : sizeBytes;
  }

  /** The first byte. */
  public long positionBytes() {
    return positionBytes;
  }

  /** How many bytes; 0 for all that follow. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** Whether others may share it. */
  public boolean isShared() {
    return shared;
  }

  /** Whether it is held: neither closed nor, as far as is known, lost. */
  public boolean isValid() {
    return held.isValid();
  }

  /** Gives it back; for the second time, or when it was lost, does nothing. */
  @Override
  public void close() throws NfsException {
    NfsErrors.await(closeAsync());
  }

  /** {@link #close} without waiting. */
  public CompletableFuture<Void> closeAsync() {
    return NfsErrors.named(whatFails, locks.unlock(held));
  }
}
