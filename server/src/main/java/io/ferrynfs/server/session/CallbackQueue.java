package io.ferrynfs.server.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.RpcReply;
import io.ferrynfs.rpc.RpcRequest;
import io.ferrynfs.rpc.env.Timers;
import io.ferrynfs.server.observation.Observer;
import io.ferrynfs.wire.nfs4.CbCompound4Args;
import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.CbSequence4Args;
import io.ferrynfs.wire.nfs4.CbSequence4Res;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks to one client, over any of its sessions that has a connection for callbacks.
 *
 * <p>The queue retries a callback until it has a reply or the client record is removed. It never
 * blocks. A callback whose connection fails or that times out keeps its slot and sequenceid, so
 * that the client recognises the retry (RFC 8881 section 2.10.6.2), and the queue sends it again on
 * the next connection. After the end of its session the callback moves to another session.
 * NFS4ERR_DELAY delays the retry. Without a connection the callback waits for one.
 */
public final class CallbackQueue {
  private static final int CB_VERSION = 1;
  private static final int CB_PROC_COMPOUND = 1;
  private static final Duration ANSWER_TIME_MAX = Duration.ofSeconds(15);
  private static final Duration RETRY_DELAY_MIN = Duration.ofMillis(100);
  private static final Duration RETRY_DELAY_MAX = Duration.ofSeconds(10);

  private final Timers timers;
  private final int pendingMax;
  private final long clientid;
  private final Observer observer;

  @GuardedBy("this")
  private final Deque<Pending> waiting = new ArrayDeque<>();

  @GuardedBy("this")
  private final Set<Pending> pending = new HashSet<>();

  @GuardedBy("this")
  private final List<BackChannel> channels = new ArrayList<>();

  @GuardedBy("this")
  private boolean ended;

  CallbackQueue(Timers timers, int pendingMax, long clientid, Observer observer) {
    this.timers = timers;
    this.pendingMax = pendingMax;
    this.clientid = clientid;
    this.observer = observer;
  }

  /** A callback without a reply. The queue guards its fields. */
  private static final class Pending {
    final Callback callback;
    final CompletableFuture<NfsCbResop4> answer = new CompletableFuture<>();

    /** The channel that it was sent on; null before, and after the end of that session. */
    @Nullable BackChannel channel;

    @Nullable BackSlot slot;
    Duration retryDelay = RETRY_DELAY_MIN;

    Pending(Callback callback) {
      this.callback = callback;
    }
  }

  /** A callback that is ready to be transmitted. */
  private record Sending(
      Pending pending, BackChannel channel, RpcConnection path, CbCompound4Args args) {}

  /**
   * Sends a callback.
   *
   * @return the result of the operation with any status but NFS4ERR_DELAY, or exceptionally a
   *     {@link CallbackException}. It may complete on a connection's thread, so dependents must not
   *     block
   */
  public CompletableFuture<NfsCbResop4> send(Callback callback) {
    Pending item = new Pending(callback);
    long startedNanos = observer.nanoTime();
    CallbackException.Reason refusal = null;
    synchronized (this) {
      if (ended) {
        refusal = CallbackException.Reason.CLIENT_GONE;
      } else if (pending.size() >= pendingMax) {
        refusal = CallbackException.Reason.TOO_MANY;
      } else {
        pending.add(item);
        waiting.add(item);
      }
    }
    if (refusal != null) {
      return CompletableFuture.failedFuture(new CallbackException(refusal));
    }
    pump();
    // Dependents of this stage would see the failure inside a CompletionException.
    var _ =
        item.answer.whenComplete((answer, failure) ->
            observer.calledBack(
                clientid,
                callback.operation().argop(),
                failure == null && answer.status() == Nfsstat4.NFS4_OK,
                startedNanos));
    return item.answer;
  }

  /** Returns whether the client requested callbacks and none of its sessions has a connection. */
  public synchronized boolean isDown() {
    boolean wanted = false;
    for (BackChannel channel : channels) {
      wanted |= channel.isWanted();
      if (channel.path() != null) {
        return false;
      }
    }
    return wanted;
  }

  /** Returns whether there is a connection for callbacks. */
  public synchronized boolean hasPath() {
    return channels.stream().anyMatch(channel -> channel.path() != null);
  }

  /** Adds the channel of a new session. */
  synchronized void attach(BackChannel channel) {
    channels.add(channel);
  }

  /** Removes the channel of a destroyed session. Its pending callbacks move to other sessions. */
  void detach(BackChannel channel) {
    synchronized (this) {
      channels.remove(channel);
      for (Pending item : pending) {
        if (item.channel == channel) {
          requeue(item);
        }
      }
    }
    pump();
  }

  /** Sends waiting callbacks after a connection was added to a channel. */
  void pathAdded() {
    pump();
  }

  /** Returns the number of callbacks in flight on this channel. */
  synchronized int outstanding(BackChannel channel) {
    return channel.busySlots();
  }

  /** Fails all callbacks after the removal of the client record. */
  void end() {
    List<Pending> unanswered;
    synchronized (this) {
      ended = true;
      unanswered = new ArrayList<>(pending);
      pending.clear();
      waiting.clear();
      channels.clear();
    }
    for (Pending item : unanswered) {
      item.answer.completeExceptionally(
          new CallbackException(CallbackException.Reason.CLIENT_GONE));
    }
  }

  /** Sends the callbacks that have a slot and a connection. Calls the connections under no lock. */
  private void pump() {
    List<Sending> ready = new ArrayList<>();
    synchronized (this) {
      for (int left = waiting.size(); left > 0; left--) {
        Pending item = waiting.remove();
        Sending sending = prepare(item);
        if (sending == null) {
          waiting.add(item);
        } else {
          ready.add(sending);
        }
      }
    }
    ready.forEach(this::transmit);
  }

  @GuardedBy("this")
  private @Nullable Sending prepare(Pending item) {
    BackChannel channel = item.channel;
    BackSlot slot = item.slot;
    if (channel == null || slot == null) {
      channel = usableChannel();
      slot = channel == null ? null : channel.freeSlot();
      if (channel == null || slot == null) {
        return null;
      }
      slot.take();
      item.channel = channel;
      item.slot = slot;
    }
    RpcConnection path = channel.path();
    return path == null ? null : new Sending(item, channel, path, encode(item, channel, slot));
  }

  @GuardedBy("this")
  private @Nullable BackChannel usableChannel() {
    for (BackChannel channel : channels) {
      if (channel.path() != null && channel.freeSlot() != null) {
        return channel;
      }
    }
    return null;
  }

  private static CbCompound4Args encode(Pending item, BackChannel channel, BackSlot slot) {
    CbSequence4Args sequence =
        new CbSequence4Args(
            channel.sessionid(),
            slot.sequenceid(),
            slot.index(),
            channel.highestBusySlot(),
            false,
            item.callback.referring());
    return new CbCompound4Args(
        Opaque.EMPTY,
        channel.minorVersion(),
        0,
        List.of(new NfsCbArgop4.Sequence(sequence), item.callback.operation()));
  }

  private void transmit(Sending sending) {
    BackChannel.Target target = sending.channel.target();
    RpcRequest request =
        RpcRequest.of(
                target.program(),
                CB_VERSION,
                CB_PROC_COMPOUND,
                target.credential(),
                sending.args::encode)
            .withTimeMax(ANSWER_TIME_MAX);
    var _ =
        sending
            .path
            .call(request)
            .handle((reply, failure) -> {
              if (failure == null) {
                answered(sending, reply);
              } else {
                unanswered(sending, failure);
              }
              return true;
            });
  }

  private void unanswered(Sending sending, Throwable failure) {
    boolean broken =
        failure instanceof RpcException rpc
            && (rpc.isConnectionFailure() || rpc.kind() == RpcException.Kind.TIMED_OUT);
    if (!broken) {
      // The client rejects the program or the credential, so the connection cannot carry callbacks.
      sending.channel.fault();
    }
    // Each failure removes a connection, so the retries end. The client sees CB_PATH_DOWN and binds
    // another connection.
    sending.channel.removePath(sending.path);
    if (isCurrent(sending)) {
      retry(sending.pending);
    }
  }

  /**
   * Returns whether the callback is still in the session in which it was sent. Otherwise it is in
   * flight in another session, and only the reply from there may free its slot.
   */
  private synchronized boolean isCurrent(Sending sending) {
    return sending.pending.channel == sending.channel;
  }

  private void answered(Sending sending, RpcReply reply) {
    CbCompound4Res res;
    try (reply) {
      res = CbCompound4Res.decode(reply.results());
    } catch (XdrException e) {
      finish(sending, null);
      return;
    }
    if (!isCurrent(sending)) {
      return;
    }
    if (res.resarray().isEmpty()
        || !(res.resarray().getFirst() instanceof NfsCbResop4.Sequence sequence)) {
      finish(sending, null);
      return;
    }
    switch (sequence.res()) {
      case CbSequence4Res.Ok ok -> executed(sending, res);
      case CbSequence4Res.Failed(Nfsstat4 status) -> refused(sending, status);
    }
  }

  private void executed(Sending sending, CbCompound4Res res) {
    NfsCbResop4 result = res.resarray().size() < 2 ? null : res.resarray().get(1);
    if (result != null && result.status() == Nfsstat4.NFS4ERR_DELAY) {
      synchronized (this) {
        requeue(sending.pending);
        waiting.remove(sending.pending);
      }
      retryLater(sending.pending);
      // The slot is free during the delay, and another callback may need it.
      pump();
    } else {
      finish(sending, result);
    }
  }

  /** Handles a failure of CB_SEQUENCE: the client did not execute the operation. */
  private void refused(Sending sending, Nfsstat4 status) {
    if (status != Nfsstat4.NFS4ERR_DELAY) {
      synchronized (this) {
        sending.channel.fault();
        BackSlot slot = sending.pending.slot;
        if (sending.pending.channel == sending.channel && slot != null) {
          slot.retire();
          sending.pending.channel = null;
          sending.pending.slot = null;
        }
      }
    }
    retryLater(sending.pending);
  }

  private void finish(Sending sending, @Nullable NfsCbResop4 result) {
    Pending item = sending.pending;
    synchronized (this) {
      if (item.channel != sending.channel || !pending.remove(item)) {
        return;
      }
      waiting.remove(item);
      if (item.slot != null) {
        item.slot.free();
      }
    }
    if (result == null) {
      item.answer.completeExceptionally(new CallbackException(CallbackException.Reason.BAD_ANSWER));
    } else {
      item.answer.complete(result);
    }
    pump();
  }

  /** Takes the callback out of its slot and queues it again. */
  @GuardedBy("this")
  private void requeue(Pending item) {
    if (item.slot != null) {
      item.slot.free();
    }
    item.channel = null;
    item.slot = null;
    if (!waiting.contains(item)) {
      waiting.add(item);
    }
  }

  private void retryLater(Pending item) {
    Duration delay;
    synchronized (this) {
      delay = item.retryDelay;
      Duration doubled = delay.multipliedBy(2);
      item.retryDelay = doubled.compareTo(RETRY_DELAY_MAX) > 0 ? RETRY_DELAY_MAX : doubled;
    }
    timers.schedule(delay, () -> retry(item));
  }

  private void retry(Pending item) {
    synchronized (this) {
      if (!pending.contains(item) || waiting.contains(item)) {
        return;
      }
      waiting.add(item);
    }
    pump();
  }
}
