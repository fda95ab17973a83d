package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.Payload;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A record in a pooled buffer. */
final class TcpRecord implements ReceivedRecord {
  private static final VarHandle RELEASED;

  static {
    try {
      RELEASED = MethodHandles.lookup().findVarHandle(TcpRecord.class, "released", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final PooledBuffer owner;
  private final ByteBuffer bytes;
  private final int placedAt;
  private final @Nullable Payload placed;

  @SuppressWarnings("UnusedVariable") // read and written by RELEASED
  private volatile boolean released;

  /** Creates a record, which takes over one reference to its buffer. */
  TcpRecord(PooledBuffer owner, ByteBuffer bytes, int placedAt, @Nullable Payload placed) {
    this.owner = owner;
    this.bytes = bytes;
    this.placedAt = placedAt;
    this.placed = placed;
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
    if (!RELEASED.compareAndSet(this, false, true)) {
      throw new IllegalStateException("record released twice");
    }
    owner.release();
  }
}
