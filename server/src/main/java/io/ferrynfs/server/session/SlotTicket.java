package io.ferrynfs.server.session;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A slot taken by a request that executes. Finished exactly once, by any thread. */
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

  /** The session of the request. */
  public Session session() {
    return session;
  }

  /** Whether the whole reply is to be kept for a retry. */
  public boolean cacheThis() {
    return cacheThis;
  }

  /**
   * The request has been executed: the slot takes the next one, and the lease is renewed once more,
   * because what took long has not been idle.
   *
   * @param reply the encoded reply when it is to be kept
   */
  public void finish(byte @Nullable [] reply) {
    if (finished.compareAndSet(false, true)) {
      slot.finish(reply);
      session.client().leave();
    }
  }
}
