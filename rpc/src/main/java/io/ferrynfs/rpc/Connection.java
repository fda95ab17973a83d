package io.ferrynfs.rpc;

import io.ferrynfs.rpc.RpcException.Kind;
import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.NonsenseException;
import io.ferrynfs.rpc.env.OutgoingRecord;
import io.ferrynfs.rpc.env.ReceivedRecord;
import io.ferrynfs.rpc.env.RecordReceiver;
import io.ferrynfs.rpc.env.RecordStream;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Both roles on one stream: a record is a call for the handler or a reply to a call of ours. */
final class Connection implements RpcConnection, RecordReceiver {
  static final System.Logger LOG = System.getLogger("io.ferrynfs.rpc");

  private final Env env;
  private final RecordStream stream;
  private final RpcHandler handler;
  private final CredentialReader credentials = new CredentialReader();
  private final OutgoingCalls outgoing;
  private final IncomingLoad load;
  private final ReplyMemory memory;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicBoolean closingWhenSent = new AtomicBoolean();
  private final AtomicReference<@Nullable Cancellable> drainTimer = new AtomicReference<>();
  private volatile boolean draining;
  private volatile boolean hasCalled;
  private volatile long lastHeard;
  private volatile boolean open = true;
  private volatile boolean condemned;

  private Connection(
      Env env, RecordStream stream, RpcLimits limits, ReplyMemory memory, RpcHandler handler) {
    this.env = env;
    this.stream = stream;
    this.handler = handler;
    this.outgoing = new OutgoingCalls(env, stream, limits);
    this.memory = memory;
    this.load = new IncomingLoad(stream, env.ticker(), limits, memory);
    this.lastHeard = env.ticker().nanoTime();
  }

  static Connection start(Env env, RecordStream stream, RpcLimits limits, RpcHandler handler) {
    return start(env, stream, limits, ReplyMemory.UNBOUNDED, handler);
  }

  static Connection start(
      Env env, RecordStream stream, RpcLimits limits, ReplyMemory memory, RpcHandler handler) {
    Connection connection = new Connection(env, stream, limits, memory, handler);
    stream.start(connection);
    return connection;
  }

  @Override
  public CompletableFuture<RpcReply> call(RpcRequest request) {
    return outgoing.call(request);
  }

  @Override
  public void received(ReceivedRecord record) {
    lastHeard = env.ticker().nanoTime();
    ByteBuffer bytes = record.bytes();
    int type = bytes.remaining() < 12 ? -1 : bytes.getInt(4);
    switch (type) {
      case RpcHeader.CALL -> receivedCall(record);
      case RpcHeader.REPLY -> receivedReply(record);
      default -> garbage(record, "a record that is no RPC message");
    }
  }

  private void receivedReply(ReceivedRecord record) {
    try {
      outgoing.received(record);
    } catch (XdrException e) {
      stream.close(new NonsenseException("malformed reply: " + e.getMessage()));
    }
  }

  private void receivedCall(ReceivedRecord record) {
    if (draining) {
      record.release();
      return;
    }
    if (record.bytes().getInt(8) != RpcHeader.RPC_VERSION) {
      reject(record, new RpcReject.RpcMismatch());
      return;
    }
    switch (credentials.read(record.bytes())) {
      case CredentialReader.Malformed malformed -> garbage(record, "a malformed call");
      case CredentialReader.Refused refused -> reject(record, refused.why());
      case CredentialReader.Accepted accepted -> {
        hasCalled = true;
        load.callArrived();
        handle(new IncomingCall(this, record, accepted.credential()));
      }
    }
  }

  private void handle(IncomingCall call) {
    try {
      handler.handle(call);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a call's handler failed", e);
      if (!call.isAnswered()) {
        call.reject(RpcReject.SYSTEM_ERR);
      }
    }
  }

  /** Answers a call that does not get as far as the handler. */
  private void reject(ReceivedRecord record, RpcReject why) {
    int xid = record.bytes().getInt(0);
    record.release();
    var out = new XdrWriter(64);
    RpcHeader.writeReject(out, xid, why);
    load.callArrived();
    var answer = new IncomingLoad.Answer(out.size(), out.size());
    sendAnswer(new OutgoingRecord(out, () -> answerLeft(answer)), answer);
  }

  private void garbage(ReceivedRecord record, String what) {
    record.release();
    stream.close(new NonsenseException("the peer sent " + what));
  }

  boolean sendAnswer(OutgoingRecord record, IncomingLoad.Answer answer) {
    load.answerQueued(answer);
    boolean isSent = stream.send(record);
    memory.relieve();
    return isSent;
  }

  void answerLeft(IncomingLoad.Answer answer) {
    load.answerLeft(answer);
    if (draining) {
      closeWhenDrained(Duration.ofSeconds(1));
    }
  }

  /** What answers that have not left take of memory. */
  long replyBytesHeld() {
    return load.bytesHeld();
  }

  /** For how long the peer has taken no answer, if it has any to take. */
  long takenNothingNanos() {
    return load.takenNothingNanos();
  }

  /** It will be closed for the memory that it takes. */
  void condemn() {
    condemned = true;
  }

  boolean isCondemned() {
    return condemned;
  }

  @Override
  public void close(IOException why) {
    stream.close(why);
  }

  /** Closes it to spare what others need; the log says so. */
  void evict(IOException cause) {
    LOG.log(System.Logger.Level.INFO, "closing {0}: {1}", this, cause.getMessage());
    stream.close(cause);
  }

  /** Whether the peer has ever made a call. */
  boolean hasCalled() {
    return hasCalled;
  }

  /** For how many nanoseconds nothing has come from the peer; 0 while it waits for an answer. */
  long quietNanos() {
    return load.calls() > 0 ? 0 : env.ticker().nanoTime() - lastHeard;
  }

  @Override
  public @Nullable Placement place(ByteBuffer prefix, int recordBytes) {
    return outgoing.place(prefix, recordBytes);
  }

  @Override
  public void closed(IOException cause) {
    open = false;
    Cancellable timer = drainTimer.get();
    if (timer != null) {
      timer.cancel();
    }
    outgoing.failAll(new RpcException(Kind.CONNECTION_LOST, String.valueOf(cause), cause));
    try {
      handler.closed(this, cause);
    } finally {
      ended.complete(null);
    }
  }

  @Override
  public void execute(Runnable task) {
    stream.execute(task);
  }

  @Override
  public SocketAddress localAddress() {
    return stream.localAddress();
  }

  @Override
  public SocketAddress peerAddress() {
    return stream.peerAddress();
  }

  @Override
  public boolean isOpen() {
    return open && !draining;
  }

  @Override
  public int callsOutgoing() {
    return outgoing.count();
  }

  @Override
  public int callsIncoming() {
    return load.calls();
  }

  @Override
  public long repliesUnmatched() {
    return outgoing.unmatched();
  }

  @Override
  public CompletableFuture<Void> shutdown(Duration timeMax) {
    draining = true;
    Cancellable before = drainTimer.getAndSet(env.timers().schedule(timeMax, this::close));
    if (before != null) {
      before.cancel();
    }
    closeWhenDrained(timeMax);
    return ended.copy();
  }

  private void closeWhenDrained(Duration timeMax) {
    if (load.calls() == 0 && closingWhenSent.compareAndSet(false, true)) {
      stream.closeWhenSent(timeMax);
    }
  }

  @Override
  public void close() {
    stream.close();
  }

  @Override
  public String toString() {
    return "RpcConnection["
        + HostText.of(localAddress())
        + " with "
        + HostText.of(peerAddress())
        + "]";
  }
}
