package io.ferrynfs.server.source;

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
 * The data of one part of a copy, between the READs that ask for it and the file. It lies in a pipe
 * at the front, where there is one and as far as that takes it, and in memory behind.
 *
 * <p>A pipe cannot be filled twice from a place on, so it is for the first READ as it is sent
 * first; what is asked for once more goes into memory. Connections fill it, a copy empties it when
 * the READ has been answered: the lock is for those that come late, and is held while bytes are
 * taken that are there, not while they are awaited or written.
 */
public final class ReadRoom implements ReadDestination.Taker {
  private final ByteBuffer buffer;

  // Guarded by this.
  private @Nullable Pipe pipe;
  private @Nullable Filling filling;
  private int asked;
  private int held;

  /** Of the bytes held, those at the front that came into the pipe. */
  private int piped;

  private boolean isClosed;

  /** Takes over the pipe, and has the buffer for as long as it is not closed. */
  ReadRoom(ByteBuffer buffer, @Nullable Pipe pipe) {
    this.buffer = buffer;
    this.pipe = pipe;
  }

  /** Room without a pipe. */
  public static ReadRoom inMemory(ByteBuffer buffer) {
    return new ReadRoom(buffer, null);
  }

  /** The bytes for which there is room. */
  public int capacity() {
    return buffer.capacity();
  }

  /** A READ is about to ask for so many bytes behind those held. */
  synchronized void asking(int bytes) {
    if (bytes > capacity() - held) {
      throw new IllegalArgumentException(bytes + " bytes behind " + held);
    }
    asked = bytes;
  }

  /** READ was answered; false when what has come is not what it said. */
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

  /** Bytes that came by the pipe. */
  synchronized int piped() {
    return piped;
  }

  /**
   * What may be written together with what comes behind it: data in memory.
   *
   * @param from of the bytes held
   * @return null when what is there is in the pipe
   */
  public synchronized @Nullable ByteBuffer inMemory(long from, int bytes) {
    return from < piped ? null : buffer.slice((int) from - piped, bytes);
  }

  /**
   * Writes what is in the pipe, at most so many bytes; see {@link OpenFile#write(Pipe, long, int)}.
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
      // There may be something in it of the READ as it was sent before.
      closePipe();
    }
    Filling next = new Filling(bytes, held == 0 ? pipe : null);
    filling = isClosed ? null : next;
    return next;
  }

  /** Nothing gets into it any more; the buffer is the caller's. */
  synchronized ByteBuffer close() {
    isClosed = true;
    filling = null;
    closePipe();
    return buffer;
  }

  private void closePipe() {
    Pipe last = pipe;
    if (last != null) {
      pipe = null;
      last.close();
    }
  }

  /** The data of one reply. Guarded by the room. */
  private final class Filling implements BulkSink {
    private final int length;

    /** Null when the rest goes into memory. */
    private @Nullable Pipe into;

    private int taken;
    private int intoPipe;

    Filling(int length, @Nullable Pipe into) {
      this.length = length;
      this.into = into;
    }

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
