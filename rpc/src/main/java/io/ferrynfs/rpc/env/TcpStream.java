package io.ferrynfs.rpc.env;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A connection over TCP or a Unix domain socket, with one platform thread, its reader.
 *
 * <p>The channel is non-blocking, because a blocking channel cannot write only as much as the
 * socket accepts, and a reader that waits for a write deadlocks with a peer that does the same. The
 * reader waits in a selector of its own, which also provides time-outs and wake-ups. With 64 calls
 * in flight this is as fast as blocking reads.
 *
 * <p>Records that the reader sends while it handles a batch of records are written at the end of
 * the batch. An idle connection holds no buffers, only the stack of its thread.
 */
final class TcpStream implements RecordStream, Runnable {

  /**
   * The send buffer for a peer on this machine, in bytes. There is no latency to hide, and a buffer
   * of megabytes, to which the kernel would grow it, leaves the processor's cache before it is
   * read. This limit saves a third of the CPU time per byte. For other peers the kernel chooses.
   */
  private static final int LOOPBACK_SEND_BYTES = 128 << 10;

  private final TcpNetwork network;
  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final StreamLimits limits;
  private final SocketAddress local;
  private final SocketAddress peer;

  /** Where the reader's bytes come from. Only the reader changes it. */
  private volatile Transport transport;

  private final RecordAssembler assembler;
  private final TcpWriter writer;
  private final Thread reader;

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable IOException> closeCause = new AtomicReference<>();
  private final AtomicReference<@Nullable Cancellable> deadlineTimer = new AtomicReference<>();
  private final AtomicInteger halvesOpen = new AtomicInteger(2);
  private @Nullable RecordReceiver receiver;
  private volatile boolean reading = true;
  private volatile boolean discarding;
  private volatile boolean ended;

  // Used by the reader only.
  private boolean inBatch;
  private long partialSince;
  private boolean partialTimed;

  /** Takes over a connected channel; the calling thread is the reader and will call run. */
  TcpStream(TcpNetwork network, SocketChannel channel, StreamLimits limits) throws IOException {
    this.network = network;
    this.channel = channel;
    this.limits = limits;
    this.reader = Thread.currentThread();
    this.local = channel.getLocalAddress();
    this.peer = channel.getRemoteAddress();
    if (peer instanceof InetSocketAddress inet) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      if (inet.getAddress().isLoopbackAddress()) {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, LOOPBACK_SEND_BYTES);
      }
    }
    channel.configureBlocking(false);
    this.transport = new SocketTransport(channel);
    this.assembler = new RecordAssembler(limits, network.buffers());
    this.writer =
        new TcpWriter(
            this,
            channel,
            transport,
            network.ticker(),
            network.lenders(),
            network.buffers(),
            limits.sendStallTimeMax().toMillis());
    this.selector = Selector.open();
    this.key = channel.register(selector, SelectionKey.OP_READ);
  }

  boolean isReader() {
    return Thread.currentThread() == reader;
  }

  @Override
  public void start(RecordReceiver to) {
    if (receiver != null) {
      throw new IllegalStateException("already started");
    }
    receiver = to;
  }

  @Override
  public boolean send(OutgoingRecord record) {
    return writer.send(record, isReader() && inBatch);
  }

  @Override
  public void reading(boolean wanted) {
    reading = wanted;
    wakeUp();
  }

  @Override
  public void execute(Runnable task) {
    if (ended) {
      task.run();
      return;
    }
    tasks.add(task);
    if (ended && tasks.remove(task)) {
      task.run();
    } else {
      wakeUp();
    }
  }

  @Override
  public SocketAddress localAddress() {
    return local;
  }

  @Override
  public SocketAddress peerAddress() {
    return peer;
  }

  @Override
  public @Nullable TransportIdentity peerIdentity() {
    return transport.peerIdentity();
  }

  @Override
  public void secure(TransportLayer layer) {
    if (!isReader()) {
      throw new IllegalStateException("not on the connection's thread");
    }
    try {
      Transport below = new PushbackTransport(transport, assembler.takeUnread());
      transport = layer.over(below);
      writer.secure(transport);
    } catch (IOException e) {
      close(e);
    }
  }

  @Override
  public void closeWhenSent(Duration deadline) {
    Cancellable timer = network.timers().schedule(deadline, this::close);
    Cancellable before = deadlineTimer.getAndSet(timer);
    if (before != null) {
      before.cancel();
    }
    writer.finish();
  }

  @Override
  public void close(IOException cause) {
    if (closeCause.compareAndSet(null, cause)) {
      writer.close();
      wakeUp();
    }
  }

  /**
   * Ends the output after the last record. The socket is closed when the peer has closed its half:
   * a close with unread calls would send a reset, which may destroy replies that the peer has not
   * read yet.
   */
  void allSent() {
    try {
      transport.endOutput();
      discarding = true;
      wakeUp();
    } catch (IOException e) {
      close(e);
    }
  }

  /** Called when the writer has released its records. */
  void writerClosed() {
    halfClosed();
  }

  private void wakeUp() {
    if (!isReader()) {
      selector.wakeup();
    }
  }

  /** Runs the reader until the connection ends. */
  @Override
  public void run() {
    try {
      while (closeCause.get() == null) {
        step();
      }
    } catch (IOException e) {
      close(e);
    } catch (RuntimeException | Error e) {
      // Errors, too (most likely OutOfMemoryError): otherwise the socket would stay open.
      close(new IOException("internal failure", e));
      TcpNetwork.LOG.log(System.Logger.Level.ERROR, "connection of " + peer + " failed", e);
    } finally {
      end();
    }
  }

  private void step() throws IOException {
    runTasks();
    if (discarding) {
      discard();
    } else if (!reading) {
      await(0, 0);
    } else if (deliver()) {
      int count = fill();
      writer.pump(transport);
      if (count == RecordAssembler.NO_MEMORY) {
        awaitWithin(0);
      } else if (count < 0) {
        throw new EOFException(
            assembler.isPartial()
                ? "connection closed by the peer inside a record"
                : "connection closed by the peer");
      } else if (!assembler.filledAll() && !transport.hasBufferedInput()) {
        // A short read: most likely the socket is empty.
        if (deliver() && !transport.hasBufferedInput()) {
          assembler.idle();
          awaitWithin(SelectionKey.OP_READ);
        }
      }
    }
  }

  private int fill() throws IOException {
    int count = assembler.fill(transport, transport.bulkSource());
    if (count == RecordAssembler.NO_MEMORY) {
      network.buffers().whenFree(selector::wakeup);
      // A buffer may have been returned before whenFree.
      count = assembler.fill(transport, transport.bulkSource());
    }
    return count;
  }

  /** Delivers all complete records; returns false if reading was stopped. */
  private boolean deliver() throws IOException {
    RecordReceiver to = receiver;
    if (to == null) {
      throw new IOException("connection not accepted");
    }
    inBatch = true;
    try {
      while (reading && closeCause.get() == null) {
        TcpRecord record = assembler.next(to);
        if (record == null) {
          return true;
        }
        partialTimed = false;
        to.received(record);
      }
      return false;
    } finally {
      inBatch = false;
      writer.flush();
    }
  }

  /** Waits, at most until the time limit of a partial record. */
  private void awaitWithin(int operations) throws IOException {
    if (!assembler.isPartial()) {
      partialTimed = false;
      await(operations, 0);
      return;
    }
    long now = network.ticker().nanoTime();
    if (!partialTimed) {
      partialTimed = true;
      partialSince = now;
    }
    Duration timeMax = recordTimeMax(operations);
    long left = timeMax.toNanos() - (now - partialSince);
    if (left <= 0) {
      throw new SocketTimeoutException("record not complete after " + timeMax);
    }
    if (assembler.holdsLarge()) {
      // There is no signal when other connections begin to wait for the memory.
      left = Math.min(left, limits.contendedRecordTimeMax().toNanos());
    }
    await(operations, left / 1_000_000 + 1);
  }

  /** A few peers that stall inside large records must not block all others. */
  private Duration recordTimeMax(int operations) {
    boolean hurries = operations != 0 && assembler.holdsLarge() && network.buffers().isContended();
    return hurries ? limits.contendedRecordTimeMax() : limits.partialRecordTimeMax();
  }

  private void await(int operations, long millisMax) throws IOException {
    if (key.interestOps() != operations) {
      key.interestOps(operations);
    }
    if (tasks.isEmpty() && closeCause.get() == null) {
      selector.select(ready -> {}, millisMax);
    }
    if (operations == 0) {
      // The time in which reading is stopped does not count for the peer.
      partialTimed = partialTimed && millisMax > 0;
    }
  }

  private void runTasks() {
    inBatch = true;
    try {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        run(task);
      }
    } finally {
      inBatch = false;
      writer.flush();
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      TcpNetwork.LOG.log(System.Logger.Level.ERROR, "task of connection " + peer + " failed", e);
    }
  }

  private void discard() throws IOException {
    PooledBuffer scratch = network.buffers().chunk();
    try {
      ByteBuffer bytes = scratch.bytes().clear();
      int count = channel.read(bytes);
      bytes.clear();
      if (count < 0) {
        throw new EOFException("connection closed by this end");
      }
    } finally {
      scratch.release();
    }
    await(SelectionKey.OP_READ, 0);
  }

  private void end() {
    assembler.close();
    IOException cause = closeCause.get();
    RecordReceiver to = receiver;
    if (to != null) {
      run(() -> to.closed(cause == null ? new IOException("closed") : cause));
    }
    halfClosed();
    ended = true;
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      run(task);
    }
    Cancellable timer = deadlineTimer.get();
    if (timer != null) {
      timer.cancel();
    }
    network.ended();
  }

  /** Closes the socket when neither half uses it. */
  private void halfClosed() {
    if (halvesOpen.decrementAndGet() > 0) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      TcpNetwork.LOG.log(System.Logger.Level.DEBUG, "closing a channel", e);
    }
    try {
      selector.close();
    } catch (IOException e) {
      TcpNetwork.LOG.log(System.Logger.Level.DEBUG, "closing a selector", e);
    }
  }
}
