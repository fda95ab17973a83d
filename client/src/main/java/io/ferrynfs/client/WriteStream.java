package io.ferrynfs.client;

import io.ferrynfs.client.file.WriteBehind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An output stream of a file with write-behind. Not safe for concurrent use. */
final class WriteStream extends OutputStream {

  private final String what;
  private final WriteBehind behind;
  private final RemoteFile file;
  private final boolean owning;
  private @Nullable ByteBuffer current;
  private boolean closed;

  /**
   * Creates a stream.
   *
   * @param what the beginning of error messages
   * @param owning whether closing the stream closes the file
   */
  WriteStream(String what, WriteBehind behind, RemoteFile file, boolean owning) {
    this.what = what;
    this.behind = behind;
    this.file = file;
    this.owning = owning;
  }

  private ByteBuffer space() throws IOException {
    if (closed) {
      throw new NfsException(NfsException.Reason.CLOSED, 0, "the stream is closed");
    }
    ByteBuffer into = current;
    if (into != null && into.hasRemaining()) {
      return into;
    }
    if (into != null) {
      current = null;
      behind.write(into.flip());
    }
    NfsErrors.await(NfsErrors.named(what, behind.room()));
    current = behind.buffer();
    return current;
  }

  @Override
  public void write(int value) throws IOException {
    space().put((byte) value);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    int done = 0;
    while (done < length) {
      ByteBuffer into = space();
      int count = Math.min(length - done, into.remaining());
      into.put(from, offset + done, count);
      done += count;
    }
  }

  /** Makes the written data durable, so that a subsequent copy of the file includes it. */
  @Override
  public void flush() throws IOException {
    ByteBuffer part = current;
    if (part != null && part.position() > 0) {
      current = null;
      behind.write(part.flip());
    }
    NfsErrors.await(NfsErrors.named(what, behind.flush()));
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    ByteBuffer last = current;
    current = null;
    try {
      NfsErrors.await(NfsErrors.named(what, behind.finish(last == null ? null : last.flip())));
    } finally {
      if (owning) {
        file.close();
      }
    }
  }
}
