package io.ferrynfs.server.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One slot of a fore channel: the reply cache entry that executes a request exactly once (RFC 8881
 * section 2.10.6.1).
 */
final class Slot {
  private static final long SEQUENCEID_MASK = 0xffff_ffffL;

  /** The sequenceid of the last accepted request. */
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

  /** Completes at the end of the request that executes; null while nothing waits for it. */
  @GuardedBy("this")
  private @Nullable CompletableFuture<Void> end;

  /** The classes of requests by sequenceid. */
  enum Kind {
    /** A new request, which occupies the slot. */
    NEW,
    /** A retry of the last request, whose reply is cached. */
    REPLAY,
    /** A retry of the last request, whose reply was not cached. */
    UNCACHED,
    /** A retry of the request that executes. */
    BUSY,
    /** Another request with the sequenceid of the last one. */
    FALSE_RETRY,
    /** Neither the last sequenceid nor the next. */
    MISORDERED
  }

  /**
   * Classifies a request and accepts it if it is new.
   *
   * @param requested the sequenceid of the request
   * @param print the fingerprint of the request. It detects the reuse of a sequenceid for another
   *     request (RFC 8881 section 2.10.6.1.3.1)
   */
  synchronized Kind begin(long requested, int print) {
    if (requested == ((sequenceid + 1) & SEQUENCEID_MASK)) {
      return takeNew(requested, print);
    }
    // Before its first request a slot caches SEQ_MISORDERED (RFC 8881 section 18.36.4).
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

  /**
   * Ends the request and caches its reply, if there is one to cache.
   *
   * @return completes the end of the request; the caller runs it after it has written the reply
   */
  Runnable finish(byte @Nullable [] cached) {
    CompletableFuture<Void> ended;
    synchronized (this) {
      busy = false;
      reply = cached;
      ended = end;
      end = null;
    }
    CompletableFuture<Void> waiting = ended;
    return () -> {
      if (waiting != null) {
        waiting.complete(null);
      }
    };
  }

  /** Returns the end of the request that executes; empty if there is none. */
  synchronized Optional<CompletableFuture<Void>> end() {
    if (!busy) {
      return Optional.empty();
    }
    if (end == null) {
      end = new CompletableFuture<>();
    }
    return Optional.of(end);
  }

  /** Returns the reply of a {@link Kind#REPLAY}; null if a later request has taken the slot. */
  synchronized byte @Nullable [] reply(long requested) {
    return requested == sequenceid ? reply : null;
  }
}
