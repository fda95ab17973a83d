package io.ferrynfs.rpc.env;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link TcpStream}.
 *
 * <p>At any time at most one thread writes: a thread that queues a record while no other one
 * writes. It writes until the queue is empty, so that records queued by others in the meantime
 * share its system calls. Only a lender thread waits for the socket: if the socket is full, or if
 * the next bytes are a region of a file and the thread is the connection's reader, which must not
 * wait for a disk, the writing is handed over to a lender.
 */
final class TcpWriter {
  private static final int RECORDS_TAKEN_MAX = 128;

  private final TcpStream stream;
  private final SocketChannel channel;

  /** Where bytes go. Only the thread that is busy uses it. */
  private Transport transport;

  private final Ticker ticker;
  private final Executor lenders;
  private final long stallMillisMax;

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final ArrayDeque<OutgoingRecord> queue = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean busy;

  @GuardedBy("lock")
  private boolean closed;

  @GuardedBy("lock")
  private boolean finishing;

  /** The transport for the records behind the first {@link #plainLeft} in the queue. */
  @GuardedBy("lock")
  private @Nullable Transport next;

  @GuardedBy("lock")
  private int plainLeft;

  // Used by the writing thread only.
  private final WriteBatch batch;
  private final ArrayDeque<OutgoingRecord> taken = new ArrayDeque<>();

  /** The selector in which the writing thread waits for the socket; created when first needed. */
  private volatile @Nullable Selector selector;

  TcpWriter(
      TcpStream stream,
      SocketChannel channel,
      Transport transport,
      Ticker ticker,
      Executor lenders,
      BufferPool pool,
      long stallMillisMax) {
    this.stream = stream;
    this.channel = channel;
    this.transport = transport;
    this.ticker = ticker;
    this.lenders = lenders;
    this.stallMillisMax = stallMillisMax;
    this.batch = new WriteBatch(pool);
  }

  /**
   * Queues a record.
   *
   * @param later whether {@link #flush} will follow
   * @return false if the connection is closed; the record has been released then
   */
  boolean send(OutgoingRecord record, boolean later) {
    boolean isOpen;
    synchronized (lock) {
      isOpen = !closed && !finishing;
      if (isOpen) {
        queue.addLast(record);
        if (busy || later) {
          return true;
        }
        busy = true;
      }
    }
    if (isOpen) {
      drain(false);
    } else {
      WriteBatch.release(record);
    }
    return isOpen;
  }

  /** Sends the records that were queued for later. */
  void flush() {
    synchronized (lock) {
      if (busy || queue.isEmpty() || closed) {
        return;
      }
      busy = true;
    }
    drain(false);
  }

  /**
   * Sends what the transport itself has to send, and records that waited for its handshake.
   *
   * @param wanted the transport that the reader uses
   */
  void pump(Transport wanted) {
    synchronized (lock) {
      boolean isIdle = queue.isEmpty() && next == null && !wanted.hasBufferedOutput();
      if (busy || isIdle || closed) {
        return;
      }
      busy = true;
    }
    drain(false);
  }

  /** Puts all later records through another transport. */
  void secure(Transport secured) {
    synchronized (lock) {
      next = secured;
      plainLeft = queue.size();
    }
    pump(secured);
  }

  /** Accepts no more records, and notifies the stream when all have been sent. */
  void finish() {
    boolean isDone;
    synchronized (lock) {
      finishing = true;
      isDone = !busy && queue.isEmpty();
    }
    if (isDone) {
      stream.allSent();
    } else {
      flush();
    }
  }

  /** Drops all records, now or as soon as the writing thread notices. */
  void close() {
    synchronized (lock) {
      closed = true;
      if (busy) {
        Selector waiting = selector;
        if (waiting != null) {
          waiting.wakeup();
        }
        return;
      }
      busy = true;
    }
    cleanUp();
  }

  /** Writes until the queue is empty. The calling thread has set {@code busy}. */
  private void drain(boolean mayWait) {
    try {
      while (true) {
        if (batch.isWritten() && !gather()) {
          return;
        }
        boolean isForOthers = !mayWait && batch.isAtFile() && stream.isReader();
        if (isForOthers || !write()) {
          if (!mayWait) {
            handOver();
            return;
          }
          awaitWritable();
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      // Errors, too: only the writing thread can release the queued records.
      stream.close(e instanceof IOException io ? io : new IOException("cannot send", e));
      cleanUp();
    }
  }

  /** Writes once; returns false if the socket accepts nothing now. */
  private boolean write() throws IOException {
    return batch.isWritten() ? transport.flush() : batch.write(transport);
  }

  /** Prepares the next bytes; returns false if there are none and busy has been cleared. */
  private boolean gather() throws IOException {
    batch.releaseWritten();
    if (taken.isEmpty() && !batch.isInsideRecord()) {
      if (transport.hasBufferedOutput()) {
        return true;
      }
      if (!take()) {
        return false;
      }
    }
    batch.gather(taken);
    return true;
  }

  private boolean take() throws IOException {
    boolean isDone;
    synchronized (lock) {
      if (closed) {
        throw new ClosedChannelException();
      }
      Transport secured = next;
      if (secured != null && plainLeft == 0) {
        transport = secured;
        next = null;
      }
      if (transport.isEstablished()) {
        takeQueued();
      }
      if (!taken.isEmpty() || transport.hasBufferedOutput()) {
        return true;
      }
      batch.idle();
      busy = false;
      isDone = finishing && queue.isEmpty();
    }
    if (isDone) {
      stream.allSent();
    }
    return false;
  }

  @GuardedBy("lock")
  private void takeQueued() {
    while (taken.size() < RECORDS_TAKEN_MAX && !queue.isEmpty()) {
      if (next != null) {
        if (plainLeft == 0) {
          return;
        }
        plainLeft--;
      }
      taken.addLast(queue.removeFirst());
    }
  }

  private void handOver() throws IOException {
    try {
      lenders.execute(() -> drain(true));
    } catch (RejectedExecutionException e) {
      throw new IOException("no thread to send on", e);
    }
  }

  private void awaitWritable() throws IOException {
    Selector ours = selector;
    if (ours == null) {
      ours = Selector.open();
      selector = ours;
      channel.register(ours, SelectionKey.OP_WRITE);
    }
    synchronized (lock) {
      if (closed) {
        throw new ClosedChannelException();
      }
    }
    long began = ticker.nanoTime();
    int ready = ours.select(key -> {}, stallMillisMax);
    if (ready == 0 && (ticker.nanoTime() - began) / 1_000_000 >= stallMillisMax) {
      throw new SocketTimeoutException("the peer read nothing for " + stallMillisMax + " ms");
    }
  }

  /** Releases all records. The calling thread has set {@code busy}, which stays set. */
  private void cleanUp() {
    synchronized (lock) {
      closed = true;
      taken.addAll(queue);
      queue.clear();
    }
    batch.drop();
    taken.forEach(WriteBatch::release);
    taken.clear();
    Selector ours = selector;
    if (ours != null) {
      try {
        ours.close();
      } catch (IOException e) {
        TcpNetwork.LOG.log(System.Logger.Level.DEBUG, "closing a selector", e);
      }
    }
    stream.writerClosed();
  }
}
