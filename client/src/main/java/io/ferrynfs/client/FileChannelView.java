package io.ferrynfs.client;

import io.ferrynfs.rpc.env.SystemEnv;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A channel of an open file, with a position of its own. Safe for use by several threads;
 * operations on the position run one at a time.
 */
final class FileChannelView extends FileChannel {

  private static final int TRANSFER_BYTES = 1 << 20;

  private final NfsFile file;
  private final Set<ViewLock> locks = ConcurrentHashMap.newKeySet();
  private long position;

  FileChannelView(NfsFile file) {
    this.file = file;
  }

  private void checkOpen() throws ClosedChannelException {
    if (!isOpen()) {
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
  public synchronized long read(ByteBuffer[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      int room = into[i].remaining();
      int count = room == 0 ? 0 : read(into[i]);
      if (count < 0) {
        return total == 0 ? -1 : total;
      }
      total += count;
      if (count < room) {
        break;
      }
    }
    return total;
  }

  @Override
  public int read(ByteBuffer into, long from) throws IOException {
    checkOpen();
    return file.read(into, notNegative(from));
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
  public synchronized long write(ByteBuffer[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      total += write(from[i]);
    }
    return total;
  }

  @Override
  public int write(ByteBuffer from, long to) throws IOException {
    checkOpen();
    int count = from.remaining();
    file.write(from, notNegative(to));
    return count;
  }

  @Override
  public synchronized long position() throws IOException {
    checkOpen();
    return position;
  }

  @Override
  public synchronized FileChannel position(long newPosition) throws IOException {
    checkOpen();
    position = notNegative(newPosition);
    return this;
  }

  private static long notNegative(long position) {
    if (position < 0) {
      throw new IllegalArgumentException("negative position: " + position);
    }
    return position;
  }

  @Override
  public long size() throws IOException {
    checkOpen();
    return file.size();
  }

  @Override
  public synchronized FileChannel truncate(long size) throws IOException {
    checkOpen();
    if (size < file.size()) {
      file.truncate(size);
    }
    position = Math.min(position, size);
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    checkOpen();
    file.sync();
  }

  @Override
  public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
    checkOpen();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, TRANSFER_BYTES));
    long total = 0;
    while (total < count) {
      buffer.clear().limit((int) Math.min(count - total, buffer.capacity()));
      if (file.read(buffer, from + total) < 0) {
        break;
      }
      int accepted = target.write(buffer.flip());
      total += accepted;
      if (buffer.hasRemaining()) {
        break;
      }
    }
    return total;
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long to, long count) throws IOException {
    checkOpen();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, TRANSFER_BYTES));
    long total = 0;
    while (total < count) {
      buffer.clear().limit((int) Math.min(count - total, buffer.capacity()));
      int got = source.read(buffer);
      if (got <= 0) {
        break;
      }
      file.write(buffer.flip(), to + total);
      total += got;
    }
    return total;
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long from, long size) {
    throw new UnsupportedOperationException("a remote file cannot be mapped into memory");
  }

  /** The {@link FileLock} of an {@link NfsLock}. */
  private final class ViewLock extends FileLock {
    private final NfsLock lock;

    ViewLock(NfsLock lock) {
      super(
          FileChannelView.this,
          lock.positionBytes(),
          lock.sizeBytes() == 0 ? Long.MAX_VALUE - lock.positionBytes() : lock.sizeBytes(),
          lock.isShared());
      this.lock = lock;
    }

    @Override
    public boolean isValid() {
      return lock.isValid();
    }

    @Override
    public void release() throws IOException {
      checkOpen();
      locks.remove(this);
      lock.close();
    }
  }

  private FileLock register(NfsLock lock) throws IOException {
    ViewLock view = new ViewLock(lock);
    locks.add(view);
    if (!isOpen()) {
      lock.close();
      throw new ClosedChannelException();
    }
    return view;
  }

  @Override
  public FileLock lock(long from, long size, boolean shared) throws IOException {
    checkOpen();
    CompletableFuture<NfsLock> pending = file.lockAsync(from, size, shared);
    try {
      return register(pending.get());
    } catch (InterruptedException interrupted) {
      pending.cancel(false);
      SystemEnv.keepInterrupt();
      throw new FileLockInterruptionException();
    } catch (ExecutionException failed) {
      throw NfsErrors.of("cannot lock " + file.path(), failed);
    }
  }

  @Override
  public @Nullable FileLock tryLock(long from, long size, boolean shared) throws IOException {
    checkOpen();
    NfsLock lock = file.tryLock(from, size, shared).orElse(null);
    return lock == null ? null : register(lock);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    for (ViewLock view : List.copyOf(locks)) {
      locks.remove(view);
      view.lock.close();
    }
    file.sync();
  }
}
