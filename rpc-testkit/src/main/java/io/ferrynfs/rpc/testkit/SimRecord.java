package io.ferrynfs.rpc.testkit;

import io.ferrynfs.rpc.env.ReceivedRecord;
import io.ferrynfs.wire.xdr.Payload;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A received record. Its release overwrites the bytes, to expose code that uses them later. */
final class SimRecord implements ReceivedRecord {
  private static final byte SPOILT = (byte) 0xDD;

  private final SimEnv host;
  private final byte[] array;
  private final ByteBuffer bytes;
  private final int placedAt;
  private final @Nullable Payload placed;
  private boolean released;

  SimRecord(SimEnv host, byte[] array, int placedAt, @Nullable Payload placed) {
    this.host = host;
    this.array = array;
    this.bytes = ByteBuffer.wrap(array);
    this.placedAt = placedAt;
    this.placed = placed;
    host.recordTaken();
  }

  @Override
  public ByteBuffer bytes() {
    return bytes;
  }

  @Override
  public int placedAt() {
    return placedAt;
  }

  @Override
  public @Nullable Payload placed() {
    return placed;
  }

  @Override
  public void release() {
    if (released) {
      throw new IllegalStateException("record released twice");
    }
    released = true;
    Arrays.fill(array, SPOILT);
    host.recordReleased();
  }
}
