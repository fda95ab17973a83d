package io.ferrynfs.rpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.RpcException.Kind;
import io.ferrynfs.rpc.auth.AuthException;
import io.ferrynfs.rpc.auth.AuthExchange;
import io.ferrynfs.rpc.auth.CallProtection;
import io.ferrynfs.rpc.auth.ReplyVerifier;
import io.ferrynfs.rpc.auth.RpcPeer;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.OutgoingRecord;
import io.ferrynfs.rpc.env.ReceivedRecord;
import io.ferrynfs.rpc.env.RecordReceiver.Placement;
import io.ferrynfs.rpc.env.RecordStream;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The outgoing calls of one connection. A call is completed by the code that removes it from the
 * table: its reply, its time-out, its cancellation, or the end of the connection. Futures complete
 * after the lock has been released.
 */
final class OutgoingCalls {
  /** The allowed number of replies that match no call, beyond one per call that ended. */
  private static final int UNMATCHED_MAX = 64;

  private final Env env;
  private final RecordStream stream;
  private final RpcLimits limits;

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final XidTable table;

  @GuardedBy("lock")
  private @Nullable RpcException lost;

  @GuardedBy("lock")
  private @Nullable Cancellable timer;

  @GuardedBy("lock")
  private long timerAt;

  @GuardedBy("lock")
  private long unmatched;

  @GuardedBy("lock")
  private long ended;

  OutgoingCalls(Env env, RecordStream stream, RpcLimits limits) {
    this.env = env;
    this.stream = stream;
    this.limits = limits;
    // The xids of an earlier connection from the same port must not recur soon, because servers
    // with a duplicate request cache identify calls by them (RFC 5531 section 9).
    this.table = new XidTable(limits.callsOutgoingMax(), env.random().nextInt());
  }

  int count() {
    synchronized (lock) {
      return table.count();
    }
  }

  long unmatched() {
    synchronized (lock) {
      return unmatched;
    }
  }

  RpcPeer peer() {
    return new RpcPeer(stream.peerAddress(), stream.peerIdentity());
  }

  CompletableFuture<RpcReply> call(RpcRequest request) {
    Duration time = request.timeMax() == null ? limits.callTimeMax() : request.timeMax();
    PendingCall call = new PendingCall(this, request, env.ticker().nanoTime() + time.toNanos());
    RpcException refusal = begin(call, request);
    return refusal == null ? call : CompletableFuture.failedFuture(refusal);
  }

  /** Transmits a call as soon as its credential is established. */
  private @Nullable RpcException begin(PendingCall call, RpcRequest request) {
    CallProtection protection = request.credential().protect(peer());
    if (protection != null) {
      return transmit(call, request, protection);
    }
    synchronized (lock) {
      // A renewed call was in the table before.
      call.protection = null;
    }
    Duration left = Duration.ofNanos(call.deadlineNanos - env.ticker().nanoTime());
    Cancellable timeout =
        env.timers().schedule(left, () -> stream.execute(() -> failUnestablished(call)));
    CallTarget target = new CallTarget(request.program(), request.version());
    var _ =
        request
            .credential()
            .establish(new Exchange(target))
            .whenComplete((done, failure) -> {
              timeout.cancel();
              stream.execute(() -> established(call, request, failure));
            });
    return null;
  }

  /** Fails a call whose credential was not established before the call's deadline. */
  private void failUnestablished(PendingCall call) {
    if (abandon(call)) {
      call.completeExceptionally(new RpcException(Kind.TIMED_OUT, "credential not established"));
    }
  }

  private void established(PendingCall call, RpcRequest request, @Nullable Throwable failure) {
    RpcException refusal;
    CallProtection protection = failure == null ? request.credential().protect(peer()) : null;
    if (protection != null) {
      refusal = transmit(call, request, protection);
    } else if (failure == null && mayRenew(call)) {
      // The rejection of another call discarded the credential as soon as it was established.
      refusal = begin(call, request);
    } else {
      // A credential that composes futures reports the failure of its exchange inside another.
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      refusal =
          cause instanceof RpcException known
              ? known
              : new RpcException(
                  Kind.AUTH_ERROR,
                  "cannot establish the credential: "
                      + (cause == null ? "it was discarded twice" : cause));
    }
    if (refusal != null) {
      call.completeExceptionally(refusal);
    }
  }

  private @Nullable RpcException transmit(
      PendingCall call, RpcRequest request, CallProtection protection) {
    CallTarget target = new CallTarget(request.program(), request.version());
    return transmit(call, target, request.procedure(), protection, request.arguments());
  }

  private @Nullable RpcException transmit(
      PendingCall call,
      CallTarget target,
      int procedure,
      CallProtection protection,
      Consumer<XdrWriter> arguments) {
    RpcException refusal = add(call, protection);
    if (refusal != null) {
      return refusal;
    }
    XdrWriter out = new XdrWriter();
    try {
      RpcHeader.writeCall(out, call.xid, target, procedure, protection);
      protection.writeArguments(out, arguments);
    } catch (RuntimeException e) {
      out.release();
      if (take(call)) {
        call.completeExceptionally(new RpcException(Kind.NOT_ENCODABLE, String.valueOf(e), e));
      }
      return null;
    }
    if (!stream.send(OutgoingRecord.of(out)) && take(call)) {
      call.completeExceptionally(new RpcException(Kind.CONNECTION_LOST, "not sent"));
    }
    return null;
  }

  /** The calls that establish a credential. */
  private final class Exchange implements AuthExchange {
    private static final int PROCEDURE_NULL = 0;
    private final CallTarget target;

    Exchange(CallTarget target) {
      this.target = target;
    }

    @Override
    public RpcPeer peer() {
      return OutgoingCalls.this.peer();
    }

    @Override
    public CompletableFuture<ByteBuffer> call(
        CallProtection protection, Consumer<XdrWriter> arguments) {
      long deadline = env.ticker().nanoTime() + limits.callTimeMax().toNanos();
      PendingCall call = new PendingCall(OutgoingCalls.this, null, deadline);
      RpcException refusal = transmit(call, target, PROCEDURE_NULL, protection, arguments);
      return refusal == null
          ? call.thenApply(OutgoingCalls::copyOfResults)
          : CompletableFuture.failedFuture(refusal);
    }
  }

  private static ByteBuffer copyOfResults(RpcReply reply) {
    try (reply) {
      ByteBuffer results = reply.results().rest();
      return ByteBuffer.allocate(results.remaining()).put(results).flip();
    }
  }

  private @Nullable RpcException add(PendingCall call, CallProtection protection) {
    synchronized (lock) {
      if (lost != null) {
        return lost;
      }
      if (call.isAbandoned) {
        return new RpcException(Kind.TIMED_OUT, "timed out or cancelled before transmission");
      }
      call.protection = protection;
      if (!table.add(call)) {
        return new RpcException(Kind.TOO_MANY_CALLS, table.count() + " calls have no reply");
      }
      if (timer == null || call.deadlineNanos - timerAt < 0) {
        arm(call.deadlineNanos);
      }
      return null;
    }
  }

  /** Removes a call from the table; a caller for which this succeeds completes the call. */
  private boolean take(PendingCall call) {
    synchronized (lock) {
      return table.remove(call);
    }
  }

  /** Removes a call whose reply may still arrive. */
  @GuardedBy("lock")
  private boolean removeUnanswered(PendingCall call) {
    boolean isRemoved = table.remove(call);
    ended += isRemoved ? 1 : 0;
    return isRemoved;
  }

  /**
   * Removes a call because its caller cancels it.
   *
   * @return false if the call completes with its reply
   */
  boolean abandon(PendingCall call) {
    synchronized (lock) {
      if (call.protection == null) {
        call.isAbandoned = true;
        return true;
      }
      return !call.isReceiving && removeUnanswered(call);
    }
  }

  void received(ReceivedRecord record) throws XdrException {
    ByteBuffer bytes = record.bytes();
    PendingCall call;
    boolean isFlood = false;
    synchronized (lock) {
      call = table.get(bytes.getInt(0));
      if (call == null) {
        unmatched++;
        isFlood = unmatched > UNMATCHED_MAX + ended + table.count();
      } else {
        ended++;
        table.remove(call);
      }
    }
    if (call == null) {
      record.release();
      if (isFlood) {
        throw new XdrException("more replies than calls");
      }
      return;
    }
    complete(call, record);
  }

  private void complete(PendingCall call, ReceivedRecord record) throws XdrException {
    ByteBuffer bytes = record.bytes();
    CallProtection protection = protection(call);
    if (protection == null) {
      throw new IllegalStateException("a call in the table has no protection");
    }
    int results = RpcHeader.resultsAt(bytes);
    try {
      ReplyVerifier verifier = RpcHeader.verifier(bytes);
      if (verifier != null) {
        protection.check(verifier);
      }
      if (results < 0) {
        fail(call, protection, record);
        return;
      }
      bytes.position(results);
      ByteBuffer plain = protection.transformsResults() ? protection.results(bytes) : bytes;
      RpcReply reply = new Reply(record, plain);
      if (!call.complete(reply)) {
        reply.close();
      }
    } catch (AuthException e) {
      record.release();
      call.completeExceptionally(
          new RpcException(Kind.BAD_RESULTS, "unauthenticated reply: " + e.getMessage(), e));
    }
  }

  private @Nullable CallProtection protection(PendingCall call) {
    synchronized (lock) {
      return call.protection;
    }
  }

  private void fail(PendingCall call, CallProtection protection, ReceivedRecord record)
      throws XdrException {
    int authStat = RpcHeader.authStat(record.bytes());
    RpcRequest request = call.request;
    if (authStat >= 0 && request != null && mayRenew(call)) {
      if (request.credential().renew(protection, authStat)) {
        record.release();
        RpcException refusal = begin(call, request);
        if (refusal != null) {
          call.completeExceptionally(refusal);
        }
        return;
      }
    }
    try {
      call.completeExceptionally(RpcHeader.readFailure(new XdrReader(record.bytes())));
    } catch (XdrException e) {
      call.completeExceptionally(
          new RpcException(Kind.CONNECTION_LOST, "malformed reply: " + e.getMessage()));
      throw e;
    } finally {
      record.release();
    }
  }

  /** Returns whether to send the call again. A call is sent at most twice. */
  private boolean mayRenew(PendingCall call) {
    synchronized (lock) {
      boolean isFirst = !call.isRenewed;
      call.isRenewed = true;
      return isFirst;
    }
  }

  /** Returns the caller's buffer for the data of a reply, or null if the data has no target. */
  @Nullable Placement place(ByteBuffer prefix, int recordBytes) {
    int results = prefix.getInt(4) == RpcHeader.REPLY ? RpcHeader.resultsAt(prefix) : -1;
    if (results < 0) {
      return null;
    }
    PendingCall call;
    CallProtection protection;
    synchronized (lock) {
      call = table.get(prefix.getInt(0));
      protection = call == null ? null : call.protection;
    }
    BulkTarget target = call == null ? null : call.bulkTarget();
    if (call == null || protection == null || target == null || !isPlaceable(protection, prefix)) {
      return null;
    }
    Placement found =
        target.place(prefix.slice(results, prefix.limit() - results), recordBytes - results);
    if (found == null || found.offset() < 4) {
      return null;
    }
    synchronized (lock) {
      if (table.get(call.xid) != call) {
        return null;
      }
      call.isReceiving = true;
    }
    return new Placement(results + found.offset(), found.sink(), found.data());
  }

  /** Only authenticated data goes into the caller's buffer. */
  private static boolean isPlaceable(CallProtection protection, ByteBuffer prefix) {
    ReplyVerifier verifier = RpcHeader.verifier(prefix);
    if (verifier == null || protection.transformsResults()) {
      return false;
    }
    try {
      protection.check(verifier);
      return true;
    } catch (AuthException e) {
      return false;
    }
  }

  /** Fails all calls because the connection has ended. */
  void failAll(RpcException cause) {
    List<PendingCall> left = new ArrayList<>();
    synchronized (lock) {
      lost = cause;
      for (PendingCall call : table.calls()) {
        if (call != null && table.remove(call)) {
          left.add(call);
        }
      }
      if (timer != null) {
        timer.cancel();
      }
    }
    left.forEach(call -> call.completeExceptionally(cause));
  }

  @GuardedBy("lock")
  private void arm(long at) {
    if (timer != null) {
      timer.cancel();
    }
    timerAt = at;
    Duration delay = Duration.ofNanos(at - env.ticker().nanoTime());
    timer = env.timers().schedule(delay, () -> stream.execute(this::failOverdue));
  }

  /** Fails the calls whose deadline has passed and sets the timer to the next deadline. */
  private void failOverdue() {
    long now = env.ticker().nanoTime();
    List<PendingCall> overdue = new ArrayList<>();
    synchronized (lock) {
      timer = null;
      PendingCall earliest = null;
      for (PendingCall call : table.calls()) {
        if (call == null || call.isReceiving) {
          continue;
        }
        if (call.deadlineNanos - now <= 0) {
          boolean _ = removeUnanswered(call);
          overdue.add(call);
        } else if (earliest == null || call.deadlineNanos - earliest.deadlineNanos < 0) {
          earliest = call;
        }
      }
      if (earliest != null) {
        arm(earliest.deadlineNanos);
      }
    }
    for (PendingCall call : overdue) {
      call.completeExceptionally(new RpcException(Kind.TIMED_OUT, "no reply in time"));
    }
  }
}
