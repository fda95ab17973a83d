package io.ferrynfs.server.session;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The slot of a request that executes. Any thread may finish it, exactly once. */
public final class SlotTicket {
  private final Session session;
  private final Slot slot;
  private final boolean cacheThis;
  private final AtomicBoolean finished = new AtomicBoolean();

  SlotTicket(Session session, Slot slot, boolean cacheThis) {
    this.session = session;
    this.slot = slot;
    this.cacheThis = cacheThis;
  }

  /** Returns the session of the request. */
  public Session session() {
    return session;
  }

  /** Returns whether the reply is to be cached. */
  public boolean cacheThis() {
    return cacheThis;
  }

  /**
   * Frees the slot for the next request and renews the lease, because a long request may have used
   * up most of it.
   *
   * @param reply the encoded reply to cache, or null
   * @return resumes the requests that wait for the end of this one; the caller runs it after it has
   *     written the reply
   */
  public Runnable finish(byte @Nullable [] reply) {
    if (finished.compareAndSet(false, true)) {
      Runnable waiting = slot.finish(reply);
      session.client().leave();
      return waiting;
    }
    return () -> {};
  }
}
