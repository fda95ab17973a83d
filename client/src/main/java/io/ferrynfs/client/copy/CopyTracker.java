package io.ferrynfs.client.copy;

import io.ferrynfs.client.copy.CompletedCopy.How;
import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** How far a copy is, and whether it is wanted any longer. Safe for threads. */
public final class CopyTracker {

  private final LongConsumer listener;
  private final boolean watched;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong highest = new AtomicLong();
  private final LongAdder passed = new LongAdder();
  private final CompletableFuture<CallException> hopeless = new CompletableFuture<>();
  private volatile long total;
  private volatile boolean asked;
  private volatile @Nullable How how;
  private volatile @Nullable FileAttributes destination;
  private boolean cancelled;
  private @Nullable Runnable onCancel;

  /**
   * Nothing yet.
   *
   * @param watched whether somebody looks at what the listener is told
   */
  public CopyTracker(LongConsumer listener, boolean watched) {
    this.listener = listener;
    this.watched = watched;
  }

  /** The most bytes ever known to be copied: a copy that begins again does not go back. */
  public long bytesSoFar() {
    asked = true;
    return highest.get();
  }

  /** The bytes known to be in the destination now, less than before after a copy began again. */
  public long bytesThere() {
    return bytes.get();
  }

  public long bytesTotal() {
    return total;
  }

  public void total(long count) {
    total = count;
  }

  /** The way that the bytes take now, as far as it is known. */
  public @Nullable How how() {
    return how;
  }

  void how(How now) {
    how = now;
  }

  /**
   * The destination's attributes after those that were asked for have been set with the data; null
   * where they were not.
   */
  public @Nullable FileAttributes destination() {
    return destination;
  }

  void destination(FileAttributes last) {
    destination = last;
  }

  /** Whether anybody looks at it, or has since this was asked last. */
  boolean isWatched() {
    boolean was = asked;
    asked = false;
    return watched || was;
  }

  /** Completes when the copy is going to fail and only has to be cleaned up after. */
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

  /** What stops the step under way; at once if the copy is cancelled already. */
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

  /** The step under way has ended. */
  synchronized void stepOver() {
    onCancel = null;
  }

  /** Fails a cancelled copy; asked before each call. */
  void check() throws CallException {
    synchronized (this) {
      if (!cancelled) {
        return;
      }
    }
    throw CallException.of(Kind.CANCELLED, "the copy was cancelled");
  }

  /** So many bytes of the source have come to this client. */
  void passed(long more) {
    passed.add(more);
  }

  /** The bytes of the source that came to this client, those that came again included. */
  public long bytesThroughClient() {
    return passed.sum();
  }

  void restart() {
    bytes.set(0);
  }

  void add(long more) {
    tell(bytes.addAndGet(more));
  }

  /** So many bytes from the start are there. */
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
