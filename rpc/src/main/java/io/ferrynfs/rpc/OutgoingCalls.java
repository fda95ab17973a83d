package io.ferrynfs.rpc;

import io.ferrynfs.rpc.RpcException.Kind;
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
import org.jspecify.annotations.Nullable;

/**
 * The calls of ours on one connection. Whoever takes a call out of the table completes it: its
 * reply, its time-out, its caller who cancels, or the end of the connection.
 */
final class OutgoingCalls {
  /** Where the length of the verifier is in a reply that was accepted. */
  private static final int VERIFIER_LENGTH_AT = 16;

  /** Replies that no call waits for, beyond one to each call that there was. */
  private static final int UNMATCHED_MAX = 64;

  private final Env env;
  private final RecordStream stream;
  private final RpcLimits limits;

  private final Object lock = new Object();
  private final XidTable table;
  private @Nullable RpcException lost;
  private @Nullable Cancellable timer;
  private long timerAt;
  private long unmatched;
  private long ended;

  OutgoingCalls(Env env, RecordStream stream, RpcLimits limits) {
    this.env = env;
    this.stream = stream;
    this.limits = limits;
    // Ids of earlier connections from the same port must not be met again soon: servers with a
    // duplicate request cache go by them (RFC 5531 section 9).
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

  CompletableFuture<RpcReply> call(RpcRequest request) {
    Duration time = request.timeMax() == null ? limits.callTimeMax() : request.timeMax();
    long deadline = env.ticker().nanoTime() + time.toNanos();
    PendingCall call = new PendingCall(this, request.bulkTarget(), deadline);
    RpcException refusal = add(call);
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    XdrWriter out = new XdrWriter();
    try {
      RpcHeader.writeCall(out, request, call.xid);
      request.arguments().accept(out);
    } catch (RuntimeException e) {
      out.release();
      take(call);
      call.completeExceptionally(new RpcException(Kind.NOT_ENCODABLE, String.valueOf(e), e));
      return call;
    }
    if (!stream.send(OutgoingRecord.of(out)) && take(call)) {
      call.completeExceptionally(new RpcException(Kind.CONNECTION_LOST, "not sent"));
    }
    return call;
  }

  private @Nullable RpcException add(PendingCall call) {
    synchronized (lock) {
      if (lost != null) {
        return lost;
      }
      if (!table.add(call)) {
        return new RpcException(Kind.TOO_MANY_CALLS, table.count() + " without a reply");
      }
      if (timer == null || call.deadlineNanos - timerAt < 0) {
        arm(call.deadlineNanos);
      }
      return null;
    }
  }

  /** Takes a call out of the table; who succeeds completes it. */
  private boolean take(PendingCall call) {
    synchronized (lock) {
      return table.remove(call);
    }
  }

  /** Under the lock: nobody waits for its reply, which may come all the same. */
  private boolean giveUp(PendingCall call) {
    boolean given = table.remove(call);
    ended += given ? 1 : 0;
    return given;
  }

  /** The caller no longer wants it; false when it completes otherwise, or soon will. */
  boolean forget(PendingCall call) {
    synchronized (lock) {
      return !call.isReceiving && giveUp(call);
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
        throw new XdrException("more replies than there were calls");
      }
      return;
    }
    int results = resultsAt(bytes);
    if (results >= 0) {
      bytes.position(results);
      RpcReply reply = new Reply(record);
      if (!call.complete(reply)) {
        reply.close();
      }
      return;
    }
    fail(call, record);
  }

  private static void fail(PendingCall call, ReceivedRecord record) throws XdrException {
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

  /** Where the results begin in a reply that has some; negative in all others. */
  private static int resultsAt(ByteBuffer reply) {
    if (reply.limit() < VERIFIER_LENGTH_AT + 8 || reply.getInt(8) != RpcHeader.MSG_ACCEPTED) {
      return -1;
    }
    int length = reply.getInt(VERIFIER_LENGTH_AT);
    if (length < 0 || length > RpcHeader.AUTH_BYTES_MAX) {
      return -1;
    }
    int status = VERIFIER_LENGTH_AT + 4 + (length + 3 & ~3);
    boolean isThere = reply.limit() >= status + 4;
    return isThere && reply.getInt(status) == RpcHeader.SUCCESS ? status + 4 : -1;
  }

  /** Whether part of a reply that is arriving goes straight into its caller's buffer. */
  @Nullable Placement place(ByteBuffer prefix, int recordBytes) {
    int results = prefix.getInt(4) == RpcHeader.REPLY ? resultsAt(prefix) : -1;
    if (results < 0) {
      return null;
    }
    PendingCall call;
    synchronized (lock) {
      call = table.get(prefix.getInt(0));
    }
    BulkTarget target = call == null ? null : call.bulkTarget;
    if (call == null || target == null) {
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

  /** The connection has ended. */
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

  private void arm(long at) {
    if (timer != null) {
      timer.cancel();
    }
    timerAt = at;
    Duration delay = Duration.ofNanos(at - env.ticker().nanoTime());
    timer = env.timers().schedule(delay, () -> stream.execute(this::failOverdue));
  }

  /** Fails the calls whose time is up and sets the timer for the one whose time is up next. */
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
          boolean _ = giveUp(call);
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
