package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;

/**
 * Bulk data in a buffer. Two are equal when their bytes are.
 *
 * <p>What {@link XdrReader} hands out is a slice of the receive buffer: it is good for as long as
 * the receive buffer is left alone, which is for its owner to say.
 *
 * @param slice the bytes between position and limit; neither is changed by anyone afterwards
 */
public record BufferPayload(ByteBuffer slice) implements Payload {
  /** No bytes. */
  public static final BufferPayload EMPTY = new BufferPayload(ByteBuffer.allocate(0));

  /** Shares the buffer's bytes between position and limit. */
  public BufferPayload {
    slice = slice.slice();
  }

  /** Shares the array. */
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
