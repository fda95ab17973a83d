package io.ferrynfs.server.testing;

import io.ferrynfs.rpc.RpcCall;
import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcReject;
import io.ferrynfs.rpc.RpcReply;
import io.ferrynfs.rpc.RpcRequest;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.auth.RpcPrincipal;
import io.ferrynfs.wire.nfs4.CbCompound4Args;
import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.CbSequence4Args;
import io.ferrynfs.wire.nfs4.CbSequence4Res;
import io.ferrynfs.wire.nfs4.CbSequence4Resok;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of a connection. Calls go in as bytes; callbacks wait until the test takes them.
 */
public final class TestConnection implements RpcConnection {
  private final RpcHandler handler;
  private final Deque<SentCallback> callbacks = new ArrayDeque<>();
  private final InetSocketAddress local;
  private final InetSocketAddress peer;

  /** The replies that the peer has not read yet, or null if it reads them at once. */
  private @Nullable Deque<XdrWriter> heldReplies;

  private boolean open = true;

  /** Creates a connection to a handler, between loopback addresses. */
  public TestConnection(RpcHandler handler) {
    this(
        handler,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 2049),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 700));
  }

  /** Creates a connection to a handler, between these addresses. */
  public TestConnection(RpcHandler handler, InetSocketAddress local, InetSocketAddress peer) {
    this.handler = handler;
    this.local = local;
    this.peer = peer;
  }

  /** The handler's reply to a call. */
  public static final class CallReply {
    private @Nullable Opaque results;
    private @Nullable RpcReject reject;

    /** Returns whether the handler has replied or rejected the call. */
    public boolean isComplete() {
      return results != null || reject != null;
    }

    /** Returns the encoded results. */
    public Opaque results() {
      if (results == null) {
        throw new AssertionError(reject == null ? "no reply yet" : "rejected: " + reject);
      }
      return results;
    }

    /** Returns why the handler rejected the call, or null if it did not. */
    public @Nullable RpcReject reject() {
      return reject;
    }
  }

  /** A callback that the server has sent, and the means to reply to it. */
  public record SentCallback(
      int program, CbCompound4Args args, CompletableFuture<RpcReply> future) {

    /** Replies with these results. */
    public void answer(CbCompound4Res res) {
      XdrWriter out = new XdrWriter();
      res.encode(out);
      XdrReader in = new XdrReader(out.toOpaque());
      future.complete(
          new RpcReply() {
            @Override
            public XdrReader results() {
              return in;
            }

            @Override
            public void close() {}
          });
    }

    /** Returns the arguments of its CB_SEQUENCE. */
    public CbSequence4Args sequence() {
      return ((NfsCbArgop4.Sequence) args.argarray().getFirst()).args();
    }

    /** Replies that CB_SEQUENCE succeeded and that the operation after it returned this result. */
    public void answer(NfsCbResop4 result) {
      CbSequence4Args sequence = sequence();
      answer(
          new CbCompound4Res(
              result.status(),
              Opaque.EMPTY,
              List.of(
                  new NfsCbResop4.Sequence(
                      new CbSequence4Res.Ok(
                          new CbSequence4Resok(
                              sequence.sessionid(),
                              sequence.sequenceid(),
                              sequence.slotid(),
                              3,
                              3))),
                  result)));
    }

    /** Fails the callback. */
    public void fail(RpcException.Kind kind) {
      future.completeExceptionally(new RpcException(kind, "failed by the test"));
    }
  }

  /** Sends a call of the NFS program. */
  public CallReply send(Credential credential, int procedure, Consumer<XdrWriter> args) {
    return send(credential, 100003, 4, procedure, args);
  }

  /** Sends a call. */
  public CallReply send(
      Credential credential, int program, int version, int procedure, Consumer<XdrWriter> args) {
    XdrWriter out = new XdrWriter();
    args.accept(out);
    Opaque bytes = out.toOpaque();
    CallReply answer = new CallReply();
    byte[] buffer = bytes.toByteArray();
    handler.handle(
        new Call(
            1,
            program,
            version,
            procedure,
            credential,
            new XdrReader(ByteBuffer.wrap(buffer)),
            buffer.length,
            this,
            answer));
    if (answer.isComplete()) {
      // The transport reuses the buffer of a call once it has the reply.
      Arrays.fill(buffer, (byte) 0xdb);
    }
    return answer;
  }

  /** Returns the oldest callback that the test has not taken yet, or null. */
  public @Nullable SentCallback nextCallback() {
    return callbacks.poll();
  }

  /**
   * Breaks the connection: callbacks in flight fail, and the handler learns that the connection
   * closed.
   */
  public void disconnect() {
    open = false;
    handler.closed(this, new IOException("broken by the test"));
    while (!callbacks.isEmpty()) {
      callbacks.remove().fail(RpcException.Kind.CONNECTION_LOST);
    }
  }

  @Override
  public CompletableFuture<RpcReply> call(RpcRequest request) {
    CompletableFuture<RpcReply> future = new CompletableFuture<>();
    if (!open) {
      future.completeExceptionally(
          new RpcException(RpcException.Kind.CONNECTION_LOST, "broken by the test"));
      return future;
    }
    XdrWriter out = new XdrWriter();
    request.arguments().accept(out);
    try {
      CbCompound4Args args = CbCompound4Args.decode(new XdrReader(out.toOpaque()));
      callbacks.add(new SentCallback(request.program(), args, future));
    } catch (XdrException e) {
      throw new AssertionError(e);
    }
    return future;
  }

  /** Holds later replies, as if the peer did not read them, until {@link #releaseReplies}. */
  public void holdReplies() {
    heldReplies = new ArrayDeque<>();
  }

  /** Sends the held replies; later replies are sent at once. */
  public void releaseReplies() {
    Deque<XdrWriter> held = heldReplies;
    heldReplies = null;
    if (held != null) {
      held.forEach(XdrWriter::release);
    }
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  private void sent(XdrWriter reply) {
    if (heldReplies == null) {
      reply.release();
    } else {
      heldReplies.add(reply);
    }
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public InetSocketAddress peerAddress() {
    return peer;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public int callsOutgoing() {
    return callbacks.size();
  }

  @Override
  public int callsIncoming() {
    return 0;
  }

  @Override
  public long repliesUnmatched() {
    return 0;
  }

  @Override
  public CompletableFuture<Void> shutdown(Duration timeMax) {
    disconnect();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
    disconnect();
  }

  private record Call(
      int xid,
      int program,
      int version,
      int procedure,
      RpcPrincipal principal,
      XdrReader arguments,
      int recordBytes,
      TestConnection connection,
      CallReply answer)
      implements RpcCall {

    @Override
    public boolean reply(Consumer<XdrWriter> results) {
      checkUnanswered();
      XdrWriter out = new XdrWriter();
      results.accept(out);
      answer.results = out.toOpaque();
      connection.sent(out);
      return connection.open;
    }

    @Override
    public boolean reject(RpcReject why) {
      checkUnanswered();
      answer.reject = why;
      return connection.open;
    }

    @Override
    public void drop() {
      throw new AssertionError("this server replies to every call");
    }

    @Override
    public int replyOverheadBytesMax() {
      return 24;
    }

    private void checkUnanswered() {
      if (answer.isComplete()) {
        throw new IllegalStateException("replied twice");
      }
    }
  }
}
