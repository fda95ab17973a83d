package io.ferrynfs.client.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.session.Backoff;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The lock requests of one open file that wait until conflicting locks are released. Each is sent
 * again after a growing interval, and at once after CB_NOTIFY_LOCK. Safe for use by several
 * threads.
 */
final class LockQueue {

  private static final Duration POLL_FIRST = Duration.ofMillis(100);

  /** A server that sends CB_NOTIFY_LOCK keeps the range for a few seconds. */
  private static final Duration POLL_LONGEST = Duration.ofSeconds(5);

  private final Env env;
  private final LockCalls calls;

  @GuardedBy("this")
  private final List<Request> requests = new ArrayList<>();

  LockQueue(Env env, LockCalls calls) {
    this.env = env;
    this.calls = calls;
  }

  /** A waiting request. Its fields are accessed under the lock of the queue. */
  private static final class Request {
    final HeldRange range;
    final CompletableFuture<HeldRange> future = new CompletableFuture<>();
    final Backoff backoff = new Backoff(POLL_FIRST, POLL_LONGEST);
    @Nullable Cancellable timer;

    /** Whether CB_NOTIFY_LOCK arrived while LOCK was pending, whose reply may be older. */
    boolean notified;

    boolean pending = true;

    Request(HeldRange range) {
      this.range = range;
    }
  }

  /** Requests a range until it is granted. Cancelling the future withdraws the request. */
  CompletableFuture<HeldRange> wait(HeldRanges.Added added) {
    Request request = new Request(added.range());
    synchronized (this) {
      requests.add(request);
    }
    var _ =
        request.future.whenComplete((done, failure) -> {
          if (request.future.isCancelled()) {
            cancelled(request);
          }
        });
    var _ = added.overlapsGone().whenComplete((gone, failure) -> send(request));
    return request.future;
  }

  private void send(Request request) {
    var _ =
        calls
            .request(request.range, true)
            .whenComplete((granted, failure) -> {
              if (failure == null && !granted) {
                denied(request);
              } else if (remove(request)) {
                // A request that was cancelled in between is withdrawn by cancelled().
                complete(request, failure);
              }
            });
  }

  private void complete(Request request, @Nullable Throwable failure) {
    if (failure != null) {
      calls.failed(request.range, failure);
      request.future.completeExceptionally(CallFailures.cause(failure));
    } else if (!request.future.complete(request.range)) {
      var _ = calls.unlock(request.range);
    }
  }

  /** Returns whether the request was waiting. */
  private synchronized boolean remove(Request request) {
    return requests.remove(request);
  }

  private void denied(Request request) {
    boolean again;
    synchronized (this) {
      if (!requests.contains(request)) {
        return;
      }
      again = request.notified;
      request.notified = false;
      request.pending = again;
      if (!again) {
        request.timer =
            env.timers()
                .schedule(request.backoff.next(env.random().nextInt()), () -> sendAgain(request));
      }
    }
    if (again) {
      send(request);
    }
  }

  private void sendAgain(Request request) {
    synchronized (this) {
      if (request.pending || !requests.contains(request)) {
        return;
      }
      request.pending = true;
      if (request.timer != null) {
        request.timer.cancel();
      }
    }
    send(request);
  }

  /** Sends the waiting requests again, after CB_NOTIFY_LOCK (RFC 8881 section 20.11). */
  void notified() {
    List<Request> all;
    synchronized (this) {
      all = List.copyOf(requests);
      all.forEach(request -> request.notified = request.pending);
    }
    all.forEach(this::sendAgain);
  }

  private void cancelled(Request request) {
    if (!remove(request)) {
      return;
    }
    synchronized (this) {
      if (request.timer != null) {
        request.timer.cancel();
      }
    }
    calls.withdraw(request.range);
  }

  /** Cancels all waiting requests. Returns whether there were any. */
  boolean cancelAll() {
    List<Request> all;
    synchronized (this) {
      all = List.copyOf(requests);
    }
    all.forEach(request -> request.future.cancel(false));
    return !all.isEmpty();
  }
}
