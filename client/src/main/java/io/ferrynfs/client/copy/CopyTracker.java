package io.ferrynfs.client.copy;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.copy.CompletedCopy.Method;
import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The progress and the cancellation of a copy. Safe for use by several threads. */
public final class CopyTracker {

  private final LongConsumer listener;
  private final boolean watched;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong highest = new AtomicLong();
  private final LongAdder passed = new LongAdder();
  private final CompletableFuture<CallException> hopeless = new CompletableFuture<>();
  private volatile long total;
  private volatile boolean isPolled;
  private volatile @Nullable Method how;
  private volatile @Nullable FileAttributes destination;

  @GuardedBy("this")
  private boolean cancelled;

  @GuardedBy("this")
  private @Nullable Runnable onCancel;

  /**
   * Creates a tracker.
   *
   * @param watched whether the listener is one of the user
   */
  public CopyTracker(LongConsumer listener, boolean watched) {
    this.listener = listener;
    this.watched = watched;
  }

  /** Returns the maximum number of bytes known to be copied, which a restart does not decrease. */
  public long bytesSoFar() {
    isPolled = true;
    return highest.get();
  }

  /** Returns the number of bytes known to be in the destination, which a restart decreases. */
  public long bytesThere() {
    return bytes.get();
  }

  public long bytesTotal() {
    return total;
  }

  public void total(long count) {
    total = count;
  }

  /** Returns the present method, null before it is known. */
  public @Nullable Method how() {
    return how;
  }

  void how(Method now) {
    how = now;
  }

  /** Returns the destination's attributes if the copy set the requested ones; otherwise null. */
  public @Nullable FileAttributes destination() {
    return destination;
  }

  void destination(FileAttributes last) {
    destination = last;
  }

  /** Returns whether the progress is watched, or was since the last call. */
  boolean isWatched() {
    boolean was = isPolled;
    isPolled = false;
    return watched || was;
  }

  /** Returns a future that completes when the copy is going to fail after a cleanup. */
  public CompletableFuture<CallException> hopeless() {
    return hopeless;
  }

  void failing(CallException why) {
    hopeless.complete(why);
  }

  public void cancel() {
    Runnable action;
    synchronized (this) {
      cancelled = true;
      action = onCancel;
    }
    if (action != null) {
      action.run();
    }
  }

  /** Sets the action that cancels the present step; runs it at once if the copy is cancelled. */
  void whenCancelled(Runnable action) {
    boolean already;
    synchronized (this) {
      onCancel = action;
      already = cancelled;
    }
    if (already) {
      action.run();
    }
  }

  /** Ends the present step. */
  synchronized void stepOver() {
    onCancel = null;
  }

  /** Throws if the copy is cancelled. Called before each request. */
  void check() throws CallException {
    synchronized (this) {
      if (!cancelled) {
        return;
      }
    }
    throw CallException.of(Kind.CANCELLED, "the copy was cancelled");
  }

  /** Adds bytes that this client received. */
  void passed(long more) {
    passed.add(more);
  }

  /** Returns the number of bytes that this client received, retries included. */
  public long bytesThroughClient() {
    return passed.sum();
  }

  void restart() {
    bytes.set(0);
  }

  void add(long more) {
    tell(bytes.addAndGet(more));
  }

  /** Sets the number of bytes in the destination. */
  void at(long count) {
    bytes.set(count);
    tell(count);
  }

  private void tell(long now) {
    if (now > highest.getAndAccumulate(now, Math::max)) {
      listener.accept(now);
    }
  }
}
