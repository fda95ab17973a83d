package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;

/**
 * Bulk data in a buffer. Two payloads are equal if their bytes are equal.
 *
 * <p>A payload that {@link XdrReader} returns is a slice of the receive buffer. It is valid until
 * the owner of the receive buffer reuses it.
 *
 * @param slice the bytes between position and limit; the caller does not change either afterwards
 */
public record BufferPayload(ByteBuffer slice) implements Payload {
  /** No bytes. */
  public static final BufferPayload EMPTY = new BufferPayload(ByteBuffer.allocate(0));

  /** Wraps the buffer's bytes between position and limit without a copy. */
  public BufferPayload {
    slice = slice.slice();
  }

  /** Wraps an array without a copy. */
  public static BufferPayload of(byte[] bytes) {
    return new BufferPayload(ByteBuffer.wrap(bytes));
  }

  @Override
  public ByteBuffer slice() {
    return slice.duplicate();
  }

  @Override
  public int length() {
    return slice.remaining();
  }

  @Override
  public ByteBuffer bytes() {
    return slice.duplicate();
  }

  @Override
  public String toString() {
    return "BufferPayload[" + slice.remaining() + " bytes]";
  }
}
