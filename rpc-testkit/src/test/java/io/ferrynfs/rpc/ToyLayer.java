package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.Transport;
import io.ferrynfs.rpc.env.TransportIdentity;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A layer with the structure of TLS but no security. After a handshake of one message per side, it
 * sends frames of a length and XORed bytes. It cannot write before it has read the peer's message,
 * and it buffers both directions.
 */
final class ToyLayer implements Transport {
  private static final int FRAME_BYTES_MAX = 16 << 10;
  private static final int HELLO_BYTES = 16;
  private static final byte MASK = 0x5a;

  private final Transport below;
  private final ByteBuffer received = ByteBuffer.allocateDirect(4 + FRAME_BYTES_MAX);
  private final ByteBuffer plain = ByteBuffer.allocate(FRAME_BYTES_MAX).limit(0);
  private final Object lock = new Object();
  private final ByteBuffer output = ByteBuffer.allocateDirect(4 + FRAME_BYTES_MAX);
  private volatile boolean isPending;
  private volatile @Nullable String peer;

  ToyLayer(Transport below, String name) {
    this.below = below;
    byte[] hello = new byte[HELLO_BYTES];
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, hello, 0, text.length);
    output.put(hello).flip();
    isPending = true;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    if (!plain.hasRemaining() && !fill()) {
      return 0;
    }
    int count = Math.min(into.remaining(), plain.remaining());
    into.put(plain.slice(plain.position(), count));
    plain.position(plain.position() + count);
    return count;
  }

  /** Reads a complete frame; returns false if the socket has no more bytes. */
  private boolean fill() throws IOException {
    while (true) {
      if (takeFrame()) {
        return true;
      }
      int count = below.read(received);
      if (count < 0) {
        throw new EOFException("the peer closed the connection");
      }
      if (count == 0) {
        return false;
      }
    }
  }

  private boolean takeFrame() {
    received.flip();
    try {
      if (peer == null) {
        if (received.remaining() < HELLO_BYTES) {
          return false;
        }
        byte[] hello = new byte[HELLO_BYTES];
        received.get(hello);
        peer = new String(hello, StandardCharsets.US_ASCII).trim();
      }
      if (received.remaining() < 4
          || received.remaining() < 4 + received.getInt(received.position())) {
        return false;
      }
      int length = received.getInt();
      plain.clear();
      for (int i = 0; i < length; i++) {
        plain.put((byte) (received.get() ^ MASK));
      }
      plain.flip();
      return true;
    } finally {
      received.compact();
    }
  }

  @Override
  public boolean hasBufferedInput() {
    received.flip();
    boolean hasFrame = received.remaining() >= 4 && received.remaining() >= 4 + received.getInt(0);
    received.compact();
    return plain.hasRemaining() || (peer != null && hasFrame) || below.hasBufferedInput();
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    synchronized (lock) {
      if (!flush()) {
        return 0;
      }
      int count = Math.min(from.remaining(), FRAME_BYTES_MAX);
      output.clear();
      output.putInt(count);
      for (int i = 0; i < count; i++) {
        output.put((byte) (from.get() ^ MASK));
      }
      output.flip();
      isPending = true;
      boolean _ = flush();
      return count;
    }
  }

  @Override
  public long write(ByteBuffer[] from) throws IOException {
    return write(from, 0, from.length);
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    long written = 0;
    for (int i = offset; i < offset + length; i++) {
      while (from[i].hasRemaining()) {
        int count = write(from[i]);
        if (count == 0) {
          return written;
        }
        written += count;
      }
    }
    return written;
  }

  @Override
  public boolean isEstablished() {
    return peer != null;
  }

  @Override
  public boolean hasBufferedOutput() {
    return isPending;
  }

  @Override
  public boolean flush() throws IOException {
    synchronized (lock) {
      while (output.hasRemaining()) {
        if (below.write(output) == 0) {
          return false;
        }
      }
      isPending = false;
      return true;
    }
  }

  @Override
  public void endOutput() throws IOException {
    below.endOutput();
  }

  @Override
  public @Nullable TransportIdentity peerIdentity() {
    String name = peer;
    return name == null ? null : new TransportIdentity(name, Opaque.ofUtf8("binding of " + name));
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
