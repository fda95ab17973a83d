package io.ferrynfs.server.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One slot of a fore channel: the reply cache entry that makes a request run exactly once (RFC 8881
 * 2.10.6.1). Its monitor guards it.
 */
final class Slot {
  private static final long SEQUENCEID_MASK = 0xffff_ffffL;

  /** Of the last request accepted; of none before the first. */
  @GuardedBy("this")
  private long sequenceid;

  @GuardedBy("this")
  private boolean used;

  @GuardedBy("this")
  private boolean busy;

  @GuardedBy("this")
  private int fingerprint;

  @GuardedBy("this")
  private byte @Nullable [] reply;

  /** Of the request that executes, for those who wait for it; null when nobody does. */
  @GuardedBy("this")
  private @Nullable CompletableFuture<Void> end;

  /** What a request is, by its sequenceid. */
  enum Kind {
    /** A new request: the slot is busy with it now. */
    NEW,
    /** A retry of the last one, whose reply is in {@link #reply}. */
    REPLAY,
    /** A retry of the last one, whose reply was not kept. */
    UNCACHED,
    /** A retry of the one that is still executing. */
    BUSY,
    /** Not the last request, but with its sequenceid. */
    FALSE_RETRY,
    /** Neither the last sequenceid nor the next. */
    MISORDERED
  }

  /**
   * Classifies a request, and takes it if it is new.
   *
   * @param requested its sequenceid
   * @param print tells requests apart, so that the reuse of a sequenceid for another request is
   *     noticed (RFC 8881 section 2.10.6.1.3.1) instead of answered with the wrong reply
   */
  synchronized Kind begin(long requested, int print) {
    if (requested == ((sequenceid + 1) & SEQUENCEID_MASK)) {
      return takeNew(requested, print);
    }
    // Before its first request a slot holds a contrived SEQ_MISORDERED (RFC 8881 section 18.36.4).
    if (requested != sequenceid || !used) {
      return Kind.MISORDERED;
    }
    if (print != fingerprint) {
      return Kind.FALSE_RETRY;
    }
    if (busy) {
      return Kind.BUSY;
    }
    return reply == null ? Kind.UNCACHED : Kind.REPLAY;
  }

  @GuardedBy("this")
  private Kind takeNew(long requested, int print) {
    if (busy) {
      return Kind.MISORDERED;
    }
    sequenceid = requested;
    fingerprint = print;
    used = true;
    busy = true;
    reply = null;
    return Kind.NEW;
  }

  /** The request is answered; its reply is kept when there is one to keep. */
  void finish(byte @Nullable [] toKeep) {
    CompletableFuture<Void> ended;
    synchronized (this) {
      busy = false;
      reply = toKeep;
      ended = end;
      end = null;
    }
    if (ended != null) {
      ended.complete(null);
    }
  }

  /** Completes when the request that executes now has ended; empty when there is none. */
  synchronized Optional<CompletableFuture<Void>> end() {
    if (!busy) {
      return Optional.empty();
    }
    if (end == null) {
      end = new CompletableFuture<>();
    }
    return Optional.of(end);
  }

  /** The reply of a {@link Kind#REPLAY}; null when a later request has taken the slot since. */
  synchronized byte @Nullable [] reply(long requested) {
    return requested == sequenceid ? reply : null;
  }
}
