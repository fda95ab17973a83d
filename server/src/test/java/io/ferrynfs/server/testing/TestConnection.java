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

/** The server's end of a connection: requests go in as bytes, callbacks come out and wait. */
public final class TestConnection implements RpcConnection {
  private final RpcHandler handler;
  private final Deque<SentCallback> callbacks = new ArrayDeque<>();
  private final InetSocketAddress local;
  private final InetSocketAddress peer;

  /** Replies that the peer has not taken; null while it takes them at once. */
  private @Nullable Deque<XdrWriter> untaken;

  private boolean open = true;

  /** A connection to a handler, on loopback. */
  public TestConnection(RpcHandler handler) {
    this(
        handler,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 2049),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 700));
  }

  /** The same between other addresses. */
  public TestConnection(RpcHandler handler, InetSocketAddress local, InetSocketAddress peer) {
    this.handler = handler;
    this.local = local;
    this.peer = peer;
  }

  /** What the handler made of a call. */
  public static final class Answer {
    private @Nullable Opaque results;
    private @Nullable RpcReject reject;

    /** True when there is an answer yet. */
    public boolean isThere() {
      return results != null || reject != null;
    }

    /** The encoded results. */
    public Opaque results() {
      if (results == null) {
        throw new AssertionError(reject == null ? "no answer yet" : "rejected: " + reject);
      }
      return results;
    }

    /** Why there are no results, or null. */
    public @Nullable RpcReject reject() {
      return reject;
    }
  }

  /** A callback that the server has sent, with the means to answer it. */
  public record SentCallback(
      int program, CbCompound4Args args, CompletableFuture<RpcReply> future) {

    /** Answers it. */
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

    /** What its CB_SEQUENCE says. */
    public CbSequence4Args sequence() {
      return ((NfsCbArgop4.Sequence) args.argarray().getFirst()).args();
    }

    /** Answers it: its CB_SEQUENCE went well, and the operation after it came to this. */
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

    /** Lets it fail. */
    public void fail(RpcException.Kind kind) {
      future.completeExceptionally(new RpcException(kind, "as the test says"));
    }
  }

  /** Sends a call of the NFS program. */
  public Answer send(Credential credential, int procedure, Consumer<XdrWriter> args) {
    return send(credential, 100003, 4, procedure, args);
  }

  /** Sends a call. */
  public Answer send(
      Credential credential, int program, int version, int procedure, Consumer<XdrWriter> args) {
    XdrWriter out = new XdrWriter();
    args.accept(out);
    Opaque bytes = out.toOpaque();
    Answer answer = new Answer();
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
    if (answer.isThere()) {
      // The transport uses the buffer of a call again as soon as it is answered.
      Arrays.fill(buffer, (byte) 0xdb);
    }
    return answer;
  }

  /** The oldest callback that nobody has taken yet, or null. */
  public @Nullable SentCallback nextCallback() {
    return callbacks.poll();
  }

  /** The connection breaks: callbacks that were sent fail, and the handler is told. */
  public void breakDown() {
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

  /** From now on replies get stuck on their way, until {@link #takeAll}. */
  public void takeNothing() {
    untaken = new ArrayDeque<>();
  }

  /** The peer takes what has got stuck, and what comes after it. */
  public void takeAll() {
    Deque<XdrWriter> stuck = untaken;
    untaken = null;
    if (stuck != null) {
      stuck.forEach(XdrWriter::release);
    }
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  private void sent(XdrWriter reply) {
    if (untaken == null) {
      reply.release();
    } else {
      untaken.add(reply);
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
    breakDown();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
    breakDown();
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
      Answer answer)
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
      throw new AssertionError("this server answers every call");
    }

    @Override
    public int replyOverheadBytesMax() {
      return 24;
    }

    private void checkUnanswered() {
      if (answer.isThere()) {
        throw new IllegalStateException("answered twice");
      }
    }
  }
}
