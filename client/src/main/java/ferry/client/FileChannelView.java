package ferry.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;

/** An open file as a channel with a position. Safe for threads, one operation at a time. */
final class FileChannelView implements SeekableByteChannel {

  private final NfsFile file;
  private long position;
  private boolean closed;

  FileChannelView(NfsFile file) {
    this.file = file;
  }

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public synchronized int read(ByteBuffer into) throws IOException {
    checkOpen();
    int count = file.read(into, position);
    position += Math.max(0, count);
    return count;
  }

  @Override
  public synchronized int write(ByteBuffer from) throws IOException {
    checkOpen();
    int count = from.remaining();
    file.write(from, position);
    position += count;
    return count;
  }

  @Override
  public synchronized long position() throws IOException {
    checkOpen();
    return position;
  }

  @Override
  public synchronized SeekableByteChannel position(long newPosition) throws IOException {
    checkOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("a position is not negative: " + newPosition);
    }
    position = newPosition;
    return this;
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  public synchronized SeekableByteChannel truncate(long size) throws IOException {
    checkOpen();
    if (size < file.size()) {
      file.truncate(size);
    }
    position = Math.min(position, size);
    return this;
  }

  @Override
  public synchronized boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    file.sync();
  }
}
