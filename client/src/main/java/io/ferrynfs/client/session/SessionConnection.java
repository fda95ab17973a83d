package io.ferrynfs.client.session;

import io.ferrynfs.rpc.BulkTarget;
import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcReply;
import io.ferrynfs.rpc.RpcRequest;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.RecordReceiver.Placement;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.xdr.XdrException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One connection to the server, which carries COMPOUNDs. */
final class SessionConnection {

  private static final int NFS_PROGRAM = 100_003;
  private static final int NFS_VERSION = 4;
  private static final int PROCEDURE_COMPOUND = 1;
  private static final int CALL_TIME_FACTOR = 20;

  private final RpcConnection rpc;
  private final Credential credential;
  private final Duration timeMax;
  private final TrafficCounter payload;

  private SessionConnection(
      RpcConnection rpc, Credential credential, Duration timeMax, TrafficCounter payload) {
    this.rpc = rpc;
    this.credential = credential;
    this.timeMax = timeMax;
    this.payload = payload;
  }

  /**
   * Connects.
   *
   * @param payload counts the file data
   * @param callbacks handles the server's calls
   */
  static CompletableFuture<SessionConnection> connect(
      Env env,
      SessionOptions options,
      RpcLimits limits,
      TrafficCounter payload,
      RpcHandler callbacks) {
    // The session's own time-outs are shorter; this one is a safety net.
    Duration timeMax = options.progressTimeout().multipliedBy(CALL_TIME_FACTOR);
    return RpcConnection.connect(
            env,
            options.address(),
            new ConnectOptions(options.connectTimeout(), options.reservedPort()),
            limits,
            callbacks)
        .thenApply(rpc -> new SessionConnection(rpc, options.credential(), timeMax, payload));
  }

  /** Returns whether a failure is the loss of the connection, so the call may be sent again. */
  static boolean isLost(Throwable failure) {
    return CallFailures.cause(failure) instanceof RpcException rpc
        && (rpc.isConnectionFailure() || rpc.kind() == RpcException.Kind.TIMED_OUT);
  }

  /** Returns whether the call was not sent, or rejected before it was executed. */
  static boolean isRefused(Throwable failure) {
    return CallFailures.cause(failure) instanceof RpcException rpc
        && !isLost(rpc)
        && rpc.kind() != RpcException.Kind.BAD_RESULTS;
  }

  /**
   * Sends a COMPOUND. READ or READ_PLUS data is in {@code readInto} when the future completes. All
   * other data of the reply is copied.
   */
  CompletableFuture<Compound4Res> compound(Compound4Args args, @Nullable ByteBuffer readInto) {
    return compound(args, readInto, timeMax);
  }

  /**
   * Sends the COMPOUND of a call, with its credential.
   *
   * @param wanted returns whether the call still waits for this reply. The data of another reply is
   *     discarded, because the buffer may be in use again
   */
  CompletableFuture<Compound4Res> compound(
      Compound4Args args, Compound call, BooleanSupplier wanted) {
    ReadDestination readInto = call.readInto();
    ReadTarget target = readInto == null ? null : new ReadTarget(readInto, wanted);
    Credential caller = call.caller();
    return compound(args, target, timeMax, caller == null ? credential : caller);
  }

  /** Sends a COMPOUND with a time-out, after which the connection is closed. */
  CompletableFuture<Compound4Res> compound(
      Compound4Args args, @Nullable ByteBuffer readInto, Duration within) {
    ReadTarget target =
        readInto == null ? null : new ReadTarget(new ReadDestination.Memory(readInto), () -> true);
    return compound(args, target, within, credential);
  }

  private CompletableFuture<Compound4Res> compound(
      Compound4Args args, @Nullable ReadTarget target, Duration within, Credential caller) {
    RpcRequest request =
        new RpcRequest(
            NFS_PROGRAM, NFS_VERSION, PROCEDURE_COMPOUND, caller, args::encode, target, within);
    payload.sending(args);
    return rpc.call(request).thenApply(reply -> decode(args, reply, target));
  }

  private Compound4Res decode(Compound4Args args, RpcReply reply, @Nullable ReadTarget target) {
    try (reply) {
      Compound4Res results = Compound4Res.decode(reply.results());
      payload.received(results);
      if (target != null && target.isWanted()) {
        ReadData.move(args.argarray(), results, target.into(), target.placed());
      }
      return results;
    } catch (XdrException malformed) {
      throw new CompletionException(
          CallException.of(
              CallException.Kind.PROTOCOL,
              "the server's reply cannot be decoded: " + malformed.getMessage(),
              malformed));
    }
  }

  /** Returns the local address. */
  SocketAddress localAddress() {
    return rpc.localAddress();
  }

  boolean isOpen() {
    return rpc.isOpen();
  }

  boolean isOver(RpcConnection other) {
    return rpc.equals(other);
  }

  void close() {
    rpc.close();
  }

  /** Closes the connection for a reason, with which its pending calls fail. */
  void close(Throwable why) {
    rpc.close(
        CallFailures.cause(why) instanceof IOException known
            ? known
            : new IOException(CallFailures.words(why), why));
  }

  /** Finds the data in the beginning of the reply to SEQUENCE, PUTFH, and READ or READ_PLUS. */
  private static final class ReadTarget implements BulkTarget {
    private final ReadDestination into;
    private final BooleanSupplier wanted;
    private volatile boolean placed;

    ReadTarget(ReadDestination into, BooleanSupplier wanted) {
      this.into = into;
      this.wanted = wanted;
    }

    boolean isWanted() {
      return wanted.getAsBoolean();
    }

    ReadDestination into() {
      return into;
    }

    boolean placed() {
      return placed;
    }

    @Override
    public @Nullable Placement place(ByteBuffer prefix, int resultsBytes) {
      int at = ReadReply.dataOffset(prefix);
      if (at < 0) {
        return null;
      }
      int length = prefix.getInt(prefix.position() + at - Integer.BYTES);
      if (length < 0 || !isWanted()) {
        return null;
      }
      Placement found =
          switch (into) {
            case ReadDestination.Memory(ByteBuffer buffer) ->
                length > buffer.remaining()
                    ? null
                    : new Placement(at, buffer.slice(buffer.position(), length));
            case ReadDestination.Taker taker -> given(taker, at, length);
          };
      placed = found != null;
      return found;
    }

    private static @Nullable Placement given(ReadDestination.Taker taker, int at, int length) {
      return length > taker.bytesMax()
          ? null
          : new Placement(at, taker.begin(length), io.ferrynfs.wire.xdr.Payload.elsewhere(length));
    }
  }
}
