package io.ferrynfs.server.offload;

import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.export.FileKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Copies that the administrator has ended. A client that is told how far such a copy came asks for
 * the rest, as after any short copy; for a while the answer is NFS4ERR_OFFLOAD_DENIED then, so that
 * what was ended stays so. What is read and written by the client itself is not denied (RFC 7862
 * section 11.1.2.1).
 */
final class DeniedCopies {
  private static final int REMEMBERED_MAX = 1024;

  private final Ticker ticker;
  private final long nanos;

  /** Until when, oldest first; guarded by this. */
  private final SequencedMap<Pair, Long> until = new LinkedHashMap<>();

  /** Who copied what to where. */
  private record Pair(long clientid, Object source, FileKey target) {}

  DeniedCopies(Ticker ticker, Duration time) {
    this.ticker = ticker;
    this.nanos = time.toNanos();
  }

  /** The copy of this request was ended. */
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

  private void forgetOld() {
    long now = ticker.nanoTime();
    for (Map.Entry<Pair, Long> first = until.firstEntry();
        first != null && first.getValue() - now <= 0;
        first = until.firstEntry()) {
      until.pollFirstEntry();
    }
  }
}
