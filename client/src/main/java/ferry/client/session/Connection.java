package ferry.client.session;

import ferry.rpc.BulkTarget;
import ferry.rpc.Credential;
import ferry.rpc.RpcConnection;
import ferry.rpc.RpcException;
import ferry.rpc.RpcHandler;
import ferry.rpc.RpcLimits;
import ferry.rpc.RpcReply;
import ferry.rpc.RpcRequest;
import ferry.rpc.env.ConnectOptions;
import ferry.rpc.env.Env;
import ferry.rpc.env.RecordReceiver.Placement;
import ferry.wire.nfs4.Compound4Args;
import ferry.wire.nfs4.Compound4Res;
import ferry.wire.nfs4.NfsResop4;
import ferry.wire.nfs4.Read4Res;
import ferry.wire.nfs4.Read4Resok;
import ferry.wire.xdr.XdrException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One connection to the server, over which COMPOUNDs travel. */
final class Connection {

  private static final int NFS_PROGRAM = 100_003;
  private static final int NFS_VERSION = 4;
  private static final int PROCEDURE_COMPOUND = 1;
  private static final int CALL_TIME_FACTOR = 20;

  private final RpcConnection rpc;
  private final Credential credential;
  private final Duration timeMax;
  private final Payload payload;

  private Connection(RpcConnection rpc, Credential credential, Duration timeMax, Payload payload) {
    this.rpc = rpc;
    this.credential = credential;
    this.timeMax = timeMax;
    this.payload = payload;
  }

  /**
   * Connects.
   *
   * @param payload counts the bytes of files that pass
   * @param callbacks takes the server's calls
   */
  static CompletableFuture<Connection> connect(
      Env env, SessionOptions options, RpcLimits limits, Payload payload, RpcHandler callbacks) {
    // A safety net below the session's own.
    Duration timeMax = options.progressTimeout().multipliedBy(CALL_TIME_FACTOR);
    return RpcConnection.connect(
            env,
            options.address(),
            new ConnectOptions(options.connectTimeout(), options.reservedPort()),
            limits,
            callbacks)
        .thenApply(rpc -> new Connection(rpc, options.credential(), timeMax, payload));
  }

  /** Whether the failure says that the connection is gone, so that the call may be sent again. */
  static boolean isLost(Throwable failure) {
    return Failures.cause(failure) instanceof RpcException rpc
        && (rpc.isConnectionFailure() || rpc.kind() == RpcException.Kind.TIMED_OUT);
  }

  /** Whether the call was not sent, or refused before it was executed. */
  static boolean isRefused(Throwable failure) {
    return Failures.cause(failure) instanceof RpcException rpc
        && !isLost(rpc)
        && rpc.kind() != RpcException.Kind.BAD_RESULTS;
  }

  /**
   * Sends a COMPOUND. The data of a READ in it is in {@code readInto} when the future completes,
   * wherever it was received; all else in the reply is its own copy.
   */
  CompletableFuture<Compound4Res> compound(Compound4Args args, @Nullable ByteBuffer readInto) {
    return compound(args, readInto, timeMax);
  }

  /** {@link #compound} in the name of somebody else; null for the session's own user. */
  CompletableFuture<Compound4Res> compound(
      Compound4Args args, @Nullable ByteBuffer readInto, @Nullable Credential caller) {
    return compound(args, readInto, timeMax, caller == null ? credential : caller);
  }

  /** {@link #compound} with a time of its own, after which the connection is given up. */
  CompletableFuture<Compound4Res> compound(
      Compound4Args args, @Nullable ByteBuffer readInto, Duration within) {
    return compound(args, readInto, within, credential);
  }

  private CompletableFuture<Compound4Res> compound(
      Compound4Args args, @Nullable ByteBuffer readInto, Duration within, Credential caller) {
    ReadTarget target = readInto == null ? null : new ReadTarget(readInto);
    RpcRequest request =
        new RpcRequest(
            NFS_PROGRAM, NFS_VERSION, PROCEDURE_COMPOUND, caller, args::encode, target, within);
    payload.sending(args);
    return rpc.call(request).thenApply(reply -> decode(reply, target));
  }

  private Compound4Res decode(RpcReply reply, @Nullable ReadTarget target) {
    try (reply) {
      Compound4Res results = Compound4Res.decode(reply.results());
      payload.received(results);
      if (target != null && !target.placed()) {
        copyData(results, target.into());
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

  private static void copyData(Compound4Res results, ByteBuffer into) throws XdrException {
    for (NfsResop4 result : results.resarray()) {
      if (result instanceof NfsResop4.Read(Read4Res.Ok(Read4Resok ok))) {
        if (ok.data().length() > into.remaining()) {
          throw new XdrException("READ returned more than it was asked for");
        }
        into.duplicate().put(ok.data().bytes());
      }
    }
  }

  /** This end of it. */
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

  /** Finds the data of a READ in the beginning of the reply to SEQUENCE, PUTFH, READ. */
  private static final class ReadTarget implements BulkTarget {
    private final ByteBuffer into;
    private volatile boolean placed;

    ReadTarget(ByteBuffer into) {
      this.into = into;
    }

    ByteBuffer into() {
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
      if (length < 0 || length > into.remaining()) {
        return null;
      }
      placed = true;
      return new Placement(at, into.slice(into.position(), length));
    }
  }
}
