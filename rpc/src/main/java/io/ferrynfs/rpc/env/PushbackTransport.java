package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A transport whose first bytes have been read before. */
final class PushbackTransport implements Transport {
  private final Transport below;
  private final ByteBuffer first;

  /**
   * A transport.
   *
   * @param first the bytes that were read before, from its position to its limit
   */
  PushbackTransport(Transport below, ByteBuffer first) {
    this.below = below;
    this.first = first;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int count = Math.min(first.remaining(), into.remaining());
    if (count == 0) {
      return below.read(into);
    }
    into.put(into.position(), first, first.position(), count);
    into.position(into.position() + count);
    first.position(first.position() + count);
    return count;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return below.write(from);
  }

  @Override
  public long write(ByteBuffer[] from) throws IOException {
    return below.write(from);
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    return below.write(from, offset, length);
  }

  @Override
  public boolean hasBufferedInput() {
    return first.hasRemaining() || below.hasBufferedInput();
  }

  @Override
  public boolean hasBufferedOutput() {
    return below.hasBufferedOutput();
  }

  @Override
  public boolean flush() throws IOException {
    return below.flush();
  }

  @Override
  public void endOutput() throws IOException {
    below.endOutput();
  }

  @Override
  public @Nullable TransportIdentity peerIdentity() {
    return below.peerIdentity();
  }

  @Override
  public boolean isOpen() {
    return below.isOpen();
  }

  @Override
  public void close() throws IOException {
    below.close();
  }
}
