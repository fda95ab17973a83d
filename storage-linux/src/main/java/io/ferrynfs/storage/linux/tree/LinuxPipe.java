package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.Pipe;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.DataCalls;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.PipeCalls;
import io.ferrynfs.storage.linux.call.Scratch;
import io.ferrynfs.storage.linux.call.SocketDescriptors;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A pipe of the kernel. It moves the pages that a connection has received, without copying them.
 */
public final class LinuxPipe implements Pipe {
  private static final int BOUNCE_BYTES = 64 << 10;

  /** The size of a READ: beyond it the kernel would enlarge the receive buffer for this. */
  private static final int LOW_WATER_BYTES_MAX = 1 << 20;

  private final LinuxPipes pool;
  private final LinuxPipes.Kept ends;
  private final AtomicBoolean closed = new AtomicBoolean();
  private long held;

  /** The number of bytes for which the connection wakes up its reader. */
  private int lowWater = 1;

  /** The errno after the pipe has lost bytes, so that the rest must not be written; 0 before. */
  private int broken;

  public LinuxPipe(LinuxPipes pool, LinuxPipes.Kept ends) {
    this.pool = pool;
    this.ends = ends;
  }

  @Override
  public int take(ReadableByteChannel connection, int bytesMax) {
    int socket =
        connection instanceof SocketChannel channel
            ? SocketDescriptors.of(channel)
            : SocketDescriptors.UNKNOWN;
    if (socket == SocketDescriptors.UNKNOWN) {
      return NO_MORE;
    }
    if (closed.get()) {
      wakeAfter(socket, 0);
      return NO_MORE;
    }
    long count = PipeCalls.spliceIn(socket, ends.in(), bytesMax);
    if (count > 0) {
      held += count;
      wakeAfter(socket, bytesMax - (int) count);
      return (int) count;
    }
    // The kernel returns EAGAIN both for an empty connection and for a full pipe.
    if (count == -Errno.EAGAIN && PipeCalls.hasRoom(ends.in())) {
      wakeAfter(socket, bytesMax);
      return 0;
    }
    wakeAfter(socket, 0);
    return NO_MORE;
  }

  /**
   * Lets the reader of a connection sleep until enough of the awaited bytes have arrived. Otherwise
   * it wakes up for each segment, which takes more time than moving the bytes.
   *
   * @param bytes the number of bytes that will certainly arrive for this pipe; 0 if others follow
   */
  private void wakeAfter(int socket, int bytes) {
    int wanted = Math.clamp(bytes, 1, LOW_WATER_BYTES_MAX);
    if (wanted != lowWater) {
      int _ = PipeCalls.receiveLowWater(socket, wanted);
      lowWater = wanted;
    }
  }

  @Override
  public int put(ByteBuffer bytes) {
    int start = bytes.position();
    while (bytes.hasRemaining() && !closed.get()) {
      long count =
          bytes.isDirect()
              ? PipeCalls.write(ends.in(), MemorySegment.ofBuffer(bytes))
              : putHeap(bytes);
      if (count <= 0) {
        break;
      }
      held += count;
      bytes.position(bytes.position() + (int) count);
    }
    return bytes.position() - start;
  }

  private long putHeap(ByteBuffer bytes) {
    try (Scratch s = Scratch.open()) {
      MemorySegment bounce = s.allocate(Math.min(BOUNCE_BYTES, bytes.remaining()));
      MemorySegment.copy(MemorySegment.ofBuffer(bytes), 0, bounce, 0, bounce.byteSize());
      return PipeCalls.write(ends.in(), bounce);
    }
  }

  /** Writes the next bytes to a file. A short write occurs only if an error follows some bytes. */
  public int writeTo(int fd, long position, int bytes) throws StorageException {
    int done = 0;
    while (done < bytes) {
      if (broken != 0) {
        throw ErrnoStatus.of(broken);
      }
      long count = PipeCalls.spliceOut(ends.out(), fd, position + done, bytes - done);
      if (count == -Errno.EINVAL) {
        count = copyTo(fd, position + done, bytes - done);
      }
      if (count <= 0 && done > 0) {
        return done;
      }
      if (count == 0 || count == -Errno.EAGAIN) {
        throw new StorageException(Status.IO, "a pipe has lost bytes");
      }
      done += (int) ErrnoStatus.check(count);
      held -= count;
    }
    return done;
  }

  /** Copies the bytes, for a file system that does not support splice(2). */
  private long copyTo(int fd, long position, int bytes) {
    try (Scratch s = Scratch.open()) {
      MemorySegment bounce = s.allocate(Math.min(BOUNCE_BYTES, bytes));
      long count = PipeCalls.read(ends.out(), bounce);
      if (count <= 0) {
        return count;
      }
      long written = DataCalls.pwrite(fd, bounce.asSlice(0, count), position);
      if (written < count) {
        broken = written < 0 ? (int) -written : Errno.ENOSPC;
      }
      return written;
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      pool.giveBack(ends, held == 0 && broken == 0);
    }
  }
}
