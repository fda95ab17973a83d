package ferry.client.copy;

import ferry.client.session.CallException;
import ferry.client.session.CallException.Kind;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** How far a copy is, and whether it is wanted any longer. Safe for threads. */
public final class CopyProgress {

  private final LongConsumer listener;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong highest = new AtomicLong();
  private volatile long total;
  private volatile boolean cancelled;

  public CopyProgress(LongConsumer listener) {
    this.listener = listener;
  }

  /** The most bytes ever known to be copied: a copy that begins again does not go back. */
  public long bytesSoFar() {
    return highest.get();
  }

  public long bytesTotal() {
    return total;
  }

  public void total(long count) {
    total = count;
  }

  public void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Fails a cancelled copy; asked before each call. */
  void check() throws CallException {
    if (cancelled) {
      throw CallException.of(Kind.CANCELLED, "the copy was cancelled");
    }
  }

  void restart() {
    bytes.set(0);
  }

  void add(long more) {
    long now = bytes.addAndGet(more);
    if (now > highest.getAndAccumulate(now, Math::max)) {
      listener.accept(now);
    }
  }
}
