package io.ferrynfs.server.offload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.export.FileKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The copies that the administrator has cancelled. The client of such a copy receives a short copy
 * and requests the rest. For a while that COPY fails with NFS4ERR_OFFLOAD_DENIED, so that the
 * cancellation lasts. READ and WRITE by the client are not denied (RFC 7862 section 11.1.2.1).
 */
final class DeniedCopies {
  private static final int REMEMBERED_MAX = 1024;

  private final Ticker ticker;
  private final long nanos;

  /** The end of each denial, oldest first. */
  @GuardedBy("this")
  private final SequencedMap<Pair, Long> until = new LinkedHashMap<>();

  /** A client, its source and its target. */
  private record Pair(long clientid, Object source, FileKey target) {}

  DeniedCopies(Ticker ticker, Duration time) {
    this.ticker = ticker;
    this.nanos = time.toNanos();
  }

  /** Denies copies like that of the request from now on. */
  synchronized void deny(CopyRequest request) {
    forgetOld();
    if (until.size() == REMEMBERED_MAX) {
      until.pollFirstEntry();
    }
    until.putLast(
        new Pair(request.client().clientid(), request.source().key(), request.target().key()),
        ticker.nanoTime() + nanos);
  }

  synchronized boolean isDenied(long clientid, Object source, FileKey target) {
    forgetOld();
    return until.containsKey(new Pair(clientid, source, target));
  }

  @GuardedBy("this")
  private void forgetOld() {
    long now = ticker.nanoTime();
    for (Map.Entry<Pair, Long> first = until.firstEntry();
        first != null && first.getValue() - now <= 0;
        first = until.firstEntry()) {
      until.pollFirstEntry();
    }
  }
}
