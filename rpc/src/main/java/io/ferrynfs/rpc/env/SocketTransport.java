package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A plain connection.
 *
 * @param socket in non-blocking mode
 */
record SocketTransport(SocketChannel socket) implements Transport {

  @Override
  public int read(ByteBuffer into) throws IOException {
    return socket.read(into);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return socket.write(from);
  }

  @Override
  public long write(ByteBuffer[] from) throws IOException {
    return socket.write(from);
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    return socket.write(from, offset, length);
  }

  @Override
  public ReadableByteChannel bulkSource() {
    return socket;
  }

  @Override
  public WritableByteChannel fileTarget() {
    return socket;
  }

  @Override
  public void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public @Nullable TransportIdentity peerIdentity() {
    return null;
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
