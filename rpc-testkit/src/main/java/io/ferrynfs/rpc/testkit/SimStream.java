package io.ferrynfs.rpc.testkit;

import io.ferrynfs.rpc.env.OutgoingRecord;
import io.ferrynfs.rpc.env.RecordReceiver;
import io.ferrynfs.rpc.env.RecordReceiver.Placement;
import io.ferrynfs.rpc.env.RecordStream;
import io.ferrynfs.rpc.env.StreamLimits;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection, with the records that it has sent and the other end has not received.
 * Like TCP, it preserves the order, buffers the records that the peer does not read, and fails
 * after a long time without progress.
 */
final class SimStream implements RecordStream {
  /**
   * The minimum size for placement. It is smaller than that of TcpStream, so that small simulations
   * use placement, too.
   */
  private static final int PLACED_RECORD_BYTES_MIN = 1024;

  private static final int PREFIX_BYTES = 512;

  private final Simulation world;
  private final SimEnv host;
  private final int number;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final StreamLimits limits;

  /** The records that were sent in this direction and not delivered. */
  private final ArrayDeque<SimItem> wire = new ArrayDeque<>();

  private @Nullable SimStream peer;
  private @Nullable RecordReceiver receiver;
  private @Nullable IOException endCause;
  private boolean reading = true;
  private boolean ended;
  private boolean closingWhenSent;
  private boolean silent;
  private boolean resetsOnReceipt;
  private int sent;
  private long lastReady;
  private long progressAt;
  private boolean stallTimed;

  SimStream(
      Simulation world,
      SimEnv host,
      int number,
      InetSocketAddress local,
      InetSocketAddress remote,
      StreamLimits limits) {
    this.world = world;
    this.host = host;
    this.number = number;
    this.local = local;
    this.remote = remote;
    this.limits = limits;
  }

  void joinTo(SimStream other) {
    peer = other;
  }

  private SimStream peer() {
    SimStream other = peer;
    if (other == null) {
      throw new IllegalStateException("no peer");
    }
    return other;
  }

  @Override
  public void start(RecordReceiver to) {
    if (receiver != null) {
      throw new IllegalStateException("already started");
    }
    receiver = to;
    IOException cause = endCause;
    if (cause != null) {
      world.at(world.nanoTime(), host, () -> to.closed(cause));
    }
    pumpPeerSoon();
  }

  @Override
  public void reading(boolean wanted) {
    reading = wanted;
    if (wanted) {
      pumpPeerSoon();
    }
  }

  private void pumpPeerSoon() {
    world.at(world.nanoTime(), null, () -> peer().pump());
  }

  @Override
  public boolean send(OutgoingRecord record) {
    if (ended || closingWhenSent) {
      record.content().release();
      record.released().run();
      return false;
    }
    byte[] bytes;
    try {
      bytes = record.content().toByteArray();
    } catch (UncheckedIOException e) {
      // The payload is a file that cannot be read. The connection ends because the record is
      // incomplete.
      record.content().release();
      record.released().run();
      end(new IOException(e));
      return false;
    }
    SimMessage message =
        new SimMessage(
            host.name(),
            peer().host.name(),
            number,
            sent++,
            ByteBuffer.wrap(bytes).asReadOnlyBuffer());
    Fate fate = world.fate(message);
    SimItem item = new SimItem(bytes, record, fate);
    switch (fate) {
      case Fate.Drop drop -> item.release();
      case Fate.Duplicate twice -> {
        put(item, Duration.ZERO);
        put(new SimItem(bytes, null, Fate.DELIVER), Duration.ZERO);
      }
      case Fate.Delay delay when delay.isOvertaken() ->
          world.at(
              world.nanoTime() + world.transitNanos() + delay.by().toNanos(),
              null,
              () -> putNow(item));
      case Fate.Delay delay -> put(item, delay.by());
      case Fate.Deliver deliver -> put(item, Duration.ZERO);
      case Fate.BreakBefore before -> put(item, Duration.ZERO);
      case Fate.BreakAfter after -> put(item, Duration.ZERO);
    }
    return true;
  }

  private void put(SimItem item, Duration more) {
    lastReady = Math.max(lastReady, world.nanoTime() + world.transitNanos() + more.toNanos());
    item.readyAt = lastReady;
    add(item);
    world.at(lastReady, null, this::pump);
  }

  private void putNow(SimItem item) {
    if (ended) {
      item.release();
      return;
    }
    item.readyAt = world.nanoTime();
    add(item);
    pump();
  }

  private void add(SimItem item) {
    if (wire.isEmpty()) {
      progressAt = world.nanoTime();
    }
    wire.addLast(item);
    timeStall();
  }

  private void timeStall() {
    if (!stallTimed && !ended) {
      stallTimed = true;
      world.at(
          Math.max(progressAt, lastReady) + limits.sendStallTimeMax().toNanos(),
          host,
          this::checkStall);
    }
  }

  private void checkStall() {
    stallTimed = false;
    long since = Math.max(progressAt, Math.min(lastReady, world.nanoTime()));
    if (ended || wire.isEmpty()) {
      return;
    }
    if (world.nanoTime() - since >= limits.sendStallTimeMax().toNanos()) {
      end(new SocketTimeoutException("the peer read nothing for " + limits.sendStallTimeMax()));
    } else {
      timeStall();
    }
  }

  /**
   * Delivers the records that are due, if the peer reads. The network calls this even if the sender
   * is dead.
   */
  private void pump() {
    SimStream to = peer();
    while (!wire.isEmpty() && wire.getFirst().readyAt <= world.nanoTime()) {
      if (world.isPartitioned(host.name(), to.host.name()) || to.silent || to.host.isPaused()) {
        return;
      }
      if (to.resetsOnReceipt && !ended) {
        end(new SocketException("connection reset by " + to.host.name()));
        return;
      }
      if (!to.ended && (to.receiver == null || !to.reading) && !wire.getFirst().isEnd()) {
        return;
      }
      SimItem item = wire.removeFirst();
      progressAt = world.nanoTime();
      deliver(to, item);
    }
  }

  private void deliver(SimStream to, SimItem item) {
    if (item.isEnd()) {
      to.end(item.endCause());
      if (!ended) {
        end(new EOFException("connection closed by this end"));
      }
      return;
    }
    if (item.fate.equals(Fate.BREAK_BEFORE)) {
      item.release();
      breakNow(to);
      return;
    }
    item.release();
    if (!to.ended) {
      to.received(item.bytes);
    }
    if (item.fate.equals(Fate.BREAK_AFTER)) {
      breakNow(to);
    }
  }

  private void breakNow(SimStream to) {
    world.note("c" + number + " breaks");
    wire.forEach(SimItem::release);
    wire.clear();
    to.end(new SocketException("connection broken"));
    end(new SocketException("connection broken"));
  }

  private void received(byte[] sentBytes) {
    RecordReceiver to = receiver;
    if (to == null || host.isDead()) {
      return;
    }
    if (sentBytes.length > limits.recordBytesMax()) {
      end(new IOException("record of " + sentBytes.length + " bytes"));
      return;
    }
    byte[] bytes = sentBytes.clone();
    Placement placement = null;
    if (bytes.length >= PLACED_RECORD_BYTES_MIN) {
      ByteBuffer prefix = ByteBuffer.wrap(bytes, 0, PREFIX_BYTES).slice().asReadOnlyBuffer();
      placement = to.place(prefix, bytes.length);
    }
    if (placement == null || placement.offset() > PREFIX_BYTES) {
      to.received(new SimRecord(host, bytes, -1, null));
      return;
    }
    int at = placement.offset();
    int length = placement.length();
    try {
      placement.sink().put(ByteBuffer.wrap(bytes, at, length));
    } catch (IOException unwanted) {
      close(unwanted);
      return;
    }
    byte[] rest = Arrays.copyOf(bytes, bytes.length - length);
    System.arraycopy(bytes, at + length, rest, at, rest.length - at);
    to.received(new SimRecord(host, rest, at, placement.data()));
  }

  @Override
  public void execute(Runnable task) {
    if (ended) {
      task.run();
    } else {
      world.at(world.nanoTime(), host, task);
    }
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public InetSocketAddress peerAddress() {
    return remote;
  }

  @Override
  public void closeWhenSent(Duration deadline) {
    if (ended || closingWhenSent) {
      return;
    }
    closingWhenSent = true;
    put(SimItem.end(new EOFException("connection closed by the peer")), Duration.ZERO);
    world.at(world.nanoTime() + deadline.toNanos(), host, this::close);
  }

  @Override
  public void close(IOException cause) {
    if (ended) {
      return;
    }
    // The network delivers the records that were sent; the process does not wait for that.
    wire.forEach(SimItem::release);
    if (!closingWhenSent) {
      put(SimItem.end(new EOFException("connection closed by the peer")), Duration.ZERO);
    }
    endHere(cause);
  }

  /** Ends this end. The records in transit are lost. */
  private void end(IOException cause) {
    if (ended) {
      return;
    }
    wire.forEach(SimItem::release);
    wire.clear();
    // From now on, a message of the peer is answered with a reset.
    resetsOnReceipt = true;
    endHere(cause);
  }

  private void endHere(IOException cause) {
    ended = true;
    endCause = cause;
    host.simNetwork().ended(this);
    RecordReceiver to = receiver;
    if (to != null) {
      world.at(world.nanoTime(), host, () -> to.closed(cause));
    }
  }

  /** Handles the end of the process at this end. */
  void hostEnded(boolean isNoticed) {
    boolean isFirst = !ended;
    ended = true;
    silent = !isNoticed;
    if (isFirst) {
      // The callbacks of the dead process must not run.
      wire.forEach(SimItem::detachSender);
      if (world.random().nextInt(2) == 0) {
        wire.clear();
      }
    }
    if (!isNoticed) {
      return;
    }
    if (isFirst) {
      put(SimItem.end(new SocketException("connection reset by the peer")), Duration.ZERO);
    } else {
      // The host was powered off and is restarted: the peer detects it when it sends.
      resetsOnReceipt = true;
      pumpPeerSoon();
    }
  }

  void deliverWaiting() {
    world.at(world.nanoTime() + world.transitNanos(), null, this::pump);
    pumpPeerSoon();
  }
}
