package io.ferrynfs.client;

import io.ferrynfs.client.file.ReadAhead;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An input stream of a file with read-ahead. Not safe for concurrent use. */
final class ReadStream extends InputStream {

  private final RemoteFile file;
  private final ReadAhead ahead;
  private final boolean owning;
  private @Nullable ByteBuffer current;
  private boolean ended;
  private boolean closed;

  ReadStream(RemoteFile file, ReadAhead ahead) {
    this(file, ahead, false);
  }

  /**
   * Creates a stream.
   *
   * @param owning whether closing the stream closes the file
   */
  ReadStream(RemoteFile file, ReadAhead ahead, boolean owning) {
    this.file = file;
    this.ahead = ahead;
    this.owning = owning;
  }

  /** Returns a buffer with the next bytes, or null at the end. */
  private @Nullable ByteBuffer bytes() throws IOException {
    if (closed) {
      throw new NfsException(NfsException.Reason.CLOSED, 0, "the stream is closed");
    }
    ByteBuffer used = current;
    if (used != null && used.hasRemaining()) {
      return used;
    }
    if (used != null) {
      current = null;
      ahead.release(used);
    }
    if (!ended) {
      current = NfsErrors.await(NfsErrors.named("cannot read " + file.path(), ahead.next()));
      ended = current == null;
    }
    return current;
  }

  @Override
  public int read() throws IOException {
    ByteBuffer from = bytes();
    return from == null ? -1 : from.get() & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    ByteBuffer from = bytes();
    if (from == null) {
      return -1;
    }
    int count = Math.min(length, from.remaining());
    from.get(into, offset, count);
    return count;
  }

  @Override
  public long transferTo(OutputStream out) throws IOException {
    WritableByteChannel channel = Channels.newChannel(out);
    long total = 0;
    for (ByteBuffer from = bytes(); from != null; from = bytes()) {
      total += from.remaining();
      while (from.hasRemaining()) {
        channel.write(from);
      }
    }
    return total;
  }

  @Override
  public int available() {
    ByteBuffer from = current;
    return from == null ? 0 : from.remaining();
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    NfsErrors.await(ahead.close());
    if (owning) {
      file.close();
    }
  }
}
