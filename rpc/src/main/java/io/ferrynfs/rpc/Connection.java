package io.ferrynfs.rpc;

import io.ferrynfs.rpc.RpcException.Kind;
import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.rpc.auth.AuthConnection;
import io.ferrynfs.rpc.auth.AuthVerdict;
import io.ferrynfs.rpc.auth.ReplyProtection;
import io.ferrynfs.rpc.auth.RpcPeer;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.OutgoingRecord;
import io.ferrynfs.rpc.env.ReceivedRecord;
import io.ferrynfs.rpc.env.RecordReceiver;
import io.ferrynfs.rpc.env.RecordStream;
import io.ferrynfs.rpc.env.RpcProtocolException;
import io.ferrynfs.rpc.env.TransportIdentity;
import io.ferrynfs.rpc.env.TransportLayer;
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

/**
 * A connection with both roles: a record is a call for the handler or the reply to an outgoing
 * call.
 */
final class Connection implements RpcConnection, RecordReceiver {
  static final System.Logger LOG = System.getLogger("io.ferrynfs.rpc");

  private final Env env;
  private final RecordStream stream;
  private final RpcHandler handler;
  private final IncomingAuth auth;
  private final OutgoingCalls outgoing;
  private final IncomingLoad load;
  private final ReplyMemory memory;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicBoolean closingWhenSent = new AtomicBoolean();
  private final AtomicReference<@Nullable Cancellable> drainTimer = new AtomicReference<>();
  private volatile boolean draining;
  private volatile boolean hasCalled;
  private volatile long lastReceivedNanos;
  private volatile boolean open = true;
  private volatile boolean condemned;

  private Connection(
      Env env, RecordStream stream, RpcLimits limits, ReplyMemory memory, RpcHandler handler) {
    this.env = env;
    this.stream = stream;
    this.handler = handler;
    this.auth = new IncomingAuth(handler.authFlavors(), new AuthSide());
    this.outgoing = new OutgoingCalls(env, stream, limits);
    this.memory = memory;
    this.load = new IncomingLoad(stream, env.ticker(), limits, memory);
    this.lastReceivedNanos = env.ticker().nanoTime();
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
    lastReceivedNanos = env.ticker().nanoTime();
    ByteBuffer bytes = record.bytes();
    int type = bytes.remaining() < 12 ? -1 : bytes.getInt(4);
    switch (type) {
      case RpcHeader.CALL -> receivedCall(record);
      case RpcHeader.REPLY -> receivedReply(record);
      default -> garbage(record, "a record that is not an RPC message");
    }
  }

  private void receivedReply(ReceivedRecord record) {
    try {
      outgoing.received(record);
    } catch (XdrException e) {
      stream.close(new RpcProtocolException("malformed reply: " + e.getMessage()));
    }
  }

  private void receivedCall(ReceivedRecord record) {
    if (draining) {
      record.release();
      return;
    }
    if (record.bytes().getInt(8) != RpcHeader.RPC_VERSION) {
      load.callArrived();
      deny(record, new RpcReject.RpcMismatch());
      return;
    }
    AuthVerdict verdict = auth.verify(record.bytes());
    if (verdict == null) {
      garbage(record, "a malformed call");
      return;
    }
    load.callArrived();
    conclude(record, verdict);
  }

  /** Handles a call according to the verdict of its authenticator. */
  private void conclude(ReceivedRecord record, AuthVerdict verdict) {
    switch (verdict) {
      case AuthVerdict.Accepted(ReplyProtection protection) -> accept(record, protection);
      case AuthVerdict.Answered answered -> answer(record, answered);
      case AuthVerdict.Rejected rejected -> deny(record, new RpcReject.Auth(rejected.authStat()));
      case AuthVerdict.Discarded discarded -> discard(record);
      case AuthVerdict.Deferred(CompletableFuture<AuthVerdict> later) -> {
        var _ =
            later.whenComplete((found, failure) ->
                stream.execute(() -> {
                  if (found == null || !open) {
                    discard(record);
                  } else {
                    conclude(record, found);
                  }
                }));
      }
    }
  }

  private void accept(ReceivedRecord record, ReplyProtection protection) {
    hasCalled = true;
    try {
      handle(new IncomingCall(this, record, protection));
    } catch (XdrException e) {
      int xid = record.bytes().getInt(0);
      record.release();
      XdrWriter out = new XdrWriter(64);
      RpcHeader.writeReject(out, xid, protection, RpcReject.GARBAGE_ARGS);
      sendUnhandled(out);
    }
  }

  /** Sends a reply of the authentication mechanism. */
  private void answer(ReceivedRecord record, AuthVerdict.Answered answered) {
    XdrWriter out = new XdrWriter();
    RpcHeader.writeAccepted(
        out, record.bytes().getInt(0), answered.protection(), RpcHeader.SUCCESS);
    answered.protection().writeResults(out, answered.results());
    record.release();
    sendUnhandled(out);
    answered.afterwards().run();
  }

  private void discard(ReceivedRecord record) {
    record.release();
    answerLeft(IncomingLoad.Answer.NONE);
  }

  private void handle(IncomingCall call) {
    try {
      handler.handle(call);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the handler of a call failed", e);
      if (!call.isAnswered()) {
        call.reject(RpcReject.SYSTEM_ERR);
      }
    }
  }

  /** Denies a call, which does not reach the handler. */
  private void deny(ReceivedRecord record, RpcReject.Denied why) {
    int xid = record.bytes().getInt(0);
    record.release();
    var out = new XdrWriter(64);
    RpcHeader.writeDenied(out, xid, why);
    sendUnhandled(out);
  }

  private void sendUnhandled(XdrWriter out) {
    var answer = new IncomingLoad.Answer(out.size(), out.size());
    sendAnswer(new OutgoingRecord(out, () -> answerLeft(answer)), answer);
  }

  private void garbage(ReceivedRecord record, String what) {
    record.release();
    stream.close(new RpcProtocolException("the peer sent " + what));
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

  /** Returns the memory of unsent replies, in bytes. */
  long replyBytesHeld() {
    return load.bytesHeld();
  }

  /** Returns for how long the peer has not read a reply, if there are unsent replies. */
  long takenNothingNanos() {
    return load.takenNothingNanos();
  }

  /** Marks the connection as about to be closed because of the memory it uses. */
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

  /** Closes the connection to free resources for others, and logs the reason. */
  void evict(IOException cause) {
    LOG.log(System.Logger.Level.INFO, "closing {0}: {1}", this, cause.getMessage());
    stream.close(cause);
  }

  /** Returns whether the peer has ever made a call. */
  boolean hasCalled() {
    return hasCalled;
  }

  /** Returns for how long the peer has been silent, in nanoseconds; 0 while it awaits a reply. */
  long quietNanos() {
    return load.calls() > 0 ? 0 : env.ticker().nanoTime() - lastReceivedNanos;
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

  /** The connection as authenticators see it. */
  private final class AuthSide implements AuthConnection {
    @Override
    public RpcPeer peer() {
      return outgoing.peer();
    }

    @Override
    public void secure(TransportLayer layer) {
      stream.secure(layer);
    }
  }

  @Override
  public void secure(TransportLayer layer) {
    stream.secure(layer);
  }

  @Override
  public @Nullable TransportIdentity peerIdentity() {
    return stream.peerIdentity();
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
