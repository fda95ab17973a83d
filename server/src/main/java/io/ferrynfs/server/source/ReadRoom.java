package io.ferrynfs.server.source;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.session.ReadDestination;
import io.ferrynfs.rpc.env.BulkSink;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Pipe;
import io.ferrynfs.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The data of one part of a copy, from its READs until it is written to the file. The front is in a
 * pipe, if there is one and as far as its capacity goes, and the rest is in memory.
 *
 * <p>A pipe cannot be filled again from a given position, so only the first READ uses it, on its
 * first transmission. A retry uses memory. Connections fill the room, and a copy empties it after
 * the reply to the READ. The lock protects against data that arrives late. It is held while data
 * that has arrived is taken, but not while a thread waits for data or writes it.
 */
public final class ReadRoom implements ReadDestination.Taker {
  private final ByteBuffer buffer;

  @GuardedBy("this")
  private @Nullable Pipe pipe;

  @GuardedBy("this")
  private @Nullable Filling filling;

  @GuardedBy("this")
  private int asked;

  @GuardedBy("this")
  private int held;

  /** The number of held bytes at the front that are in the pipe. */
  @GuardedBy("this")
  private int piped;

  @GuardedBy("this")
  private boolean isClosed;

  /** Creates a room. It owns the pipe, and owns the buffer until it is closed. */
  ReadRoom(ByteBuffer buffer, @Nullable Pipe pipe) {
    this.buffer = buffer;
    this.pipe = pipe;
  }

  /** Returns a room without a pipe. */
  public static ReadRoom inMemory(ByteBuffer buffer) {
    return new ReadRoom(buffer, null);
  }

  /** Returns the capacity in bytes. */
  public int capacity() {
    return buffer.capacity();
  }

  /** Prepares for a READ of this number of bytes after the held ones. */
  synchronized void asking(int bytes) {
    if (bytes > capacity() - held) {
      throw new IllegalArgumentException(bytes + " bytes behind " + held);
    }
    asked = bytes;
  }

  /**
   * Ends a READ after its reply; returns false if the data that arrived does not match the reply.
   */
  synchronized boolean answered(int bytes) {
    Filling last = filling;
    filling = null;
    if (bytes == 0) {
      return last == null || last.length == 0;
    }
    if (last == null || last.taken != bytes || last.length != bytes) {
      return false;
    }
    held += bytes;
    piped += last.intoPipe;
    return true;
  }

  /** Returns the number of bytes that came through the pipe. */
  synchronized int piped() {
    return piped;
  }

  /**
   * Returns data in memory, which can be written together with the data after it.
   *
   * @param from the index of the first byte among the held bytes
   * @return null if this data is in the pipe
   */
  public synchronized @Nullable ByteBuffer inMemory(long from, int bytes) {
    return from < piped ? null : buffer.slice((int) from - piped, bytes);
  }

  /**
   * Writes data from the pipe, up to this number of bytes; see {@link OpenFile#write(Pipe, long,
   * int)}.
   */
  public int writePiped(OpenFile target, long position, long from, long bytesMax)
      throws StorageException {
    Pipe source;
    int bytes;
    synchronized (this) {
      source = pipe;
      bytes = (int) Math.min(piped - from, bytesMax);
    }
    return source == null ? 0 : target.write(source, position, bytes);
  }

  @Override
  public synchronized int bytesMax() {
    return asked;
  }

  @Override
  public synchronized BulkSink begin(int bytes) {
    if (filling != null && held == 0) {
      // The pipe may have data of an earlier transmission of the READ.
      closePipe();
    }
    Filling next = new Filling(bytes, held == 0 ? pipe : null);
    filling = isClosed ? null : next;
    return next;
  }

  /** Closes the room. It accepts no further data, and the caller owns the buffer again. */
  synchronized ByteBuffer close() {
    isClosed = true;
    filling = null;
    closePipe();
    return buffer;
  }

  @GuardedBy("this")
  private void closePipe() {
    Pipe last = pipe;
    if (last != null) {
      pipe = null;
      last.close();
    }
  }

  /** The data of one reply. */
  private final class Filling implements BulkSink {
    private final int length;

    /** Null if the rest goes into memory. */
    @GuardedBy("ReadRoom.this")
    private @Nullable Pipe into;

    private int taken;

    private int intoPipe;

    Filling(int length, @Nullable Pipe into) {
      this.length = length;
      this.into = into;
    }

    @GuardedBy("ReadRoom.this")
    private void check() throws IOException {
      if (filling != this) {
        throw new IOException("the data of a READ that was given up, or sent again");
      }
    }

    @Override
    public int remaining() {
      synchronized (ReadRoom.this) {
        return length - taken;
      }
    }

    @GuardedBy("ReadRoom.this")
    private ByteBuffer memory(int bytes) {
      return buffer.slice(held - piped + taken - intoPipe, bytes);
    }

    @Override
    public void put(ByteBuffer bytes) throws IOException {
      synchronized (ReadRoom.this) {
        check();
        Pipe first = into;
        if (first != null) {
          int count = first.put(bytes);
          intoPipe += count;
          taken += count;
          into = bytes.hasRemaining() ? null : first;
        }
        int rest = bytes.remaining();
        if (rest > 0) {
          memory(rest).put(bytes);
          taken += rest;
        }
      }
    }

    @Override
    public boolean prefersRead() {
      synchronized (ReadRoom.this) {
        return into != null;
      }
    }

    @Override
    public int read(ReadableByteChannel connection, int bytesMax) throws IOException {
      synchronized (ReadRoom.this) {
        check();
        Pipe first = into;
        if (first != null) {
          int count = first.take(connection, bytesMax);
          if (count != Pipe.NO_MORE) {
            intoPipe += count;
            taken += count;
            return count;
          }
          into = null;
        }
        int count = connection.read(memory(bytesMax));
        taken += Math.max(count, 0);
        return count;
      }
    }
  }
}
