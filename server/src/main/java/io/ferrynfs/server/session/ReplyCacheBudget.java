package io.ferrynfs.server.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memory for replies that clients may ask again for. A session reserves all that its slots can
 * keep when it is created, so that no client can use up another's later.
 *
 * <p>The less is left, the less a new session gets (RFC 8881 section 18.36.3 leaves both numbers to
 * the server): first its slots keep shorter replies, then there are fewer of them. A part is kept
 * for the first sessions of clients, with one slot each, so that a client that comes late is slow
 * and not shut out.
 */
final class ReplyCacheBudget {
  /** What a slot costs by itself. */
  private static final int SLOT_BYTES = 128;

  /**
   * The reply that a slot can always keep, if the client wants it: what Linux' server grants. The
   * replies of OPEN and CREATE with the attributes that clients ask for are a part of that.
   */
  private static final int LEAST_CACHED_BYTES = 2048;

  /** One of so many parts is for the first sessions of clients only. */
  private static final int KEPT_PART = 4;

  /** No session takes more than one of so many parts of what is left of the rest. */
  private static final int PARTS = 64;

  /** All clients of an address together take no more than one of so many parts of the rest. */
  private static final int HOST_PART = 2;

  /** So that the first session of an address may take as much as the first of all. */
  private static final int HOST_PARTS = PARTS / HOST_PART;

  /** When less than one of so many parts of all slots would be granted, little is left. */
  private static final int LOW_PART = 8;

  /**
   * What a session gets.
   *
   * @param slots how many
   * @param cachedBytes what each may keep
   * @param isShort one slot only, because others have taken so much
   */
  record Reservation(int slots, long cachedBytes, boolean isShort) {}

  private final long totalBytes;
  private final long keptBytes;
  private final long fullBytes;

  @GuardedBy("this")
  private final Map<@Nullable InetAddress, Long> takenByHost = new HashMap<>();

  @GuardedBy("this")
  private long bytesLeft;

  ReplyCacheBudget(ServerLimits limits) {
    totalBytes = limits.cachedReplyBytesTotalMax();
    keptBytes = totalBytes / KEPT_PART;
    bytesLeft = totalBytes;
    fullBytes = bytes(limits.slotsPerSessionMax(), limits.cachedReplyBytesMax());
  }

  /** What slots take that may keep so much each. */
  static long bytes(long slots, long cachedBytes) {
    return slots * (cachedBytes + SLOT_BYTES);
  }

  /**
   * Reserves slots.
   *
   * @param slots how many are wanted; at least one is granted
   * @param cachedBytes what each is to keep
   * @param host where the client is
   * @param bytesOfClientMax what the client may still take
   * @param sessions how many the client has already
   * @throws NfsStatusException NFS4ERR_NOSPC when it is the client that has taken all it may,
   *     NFS4ERR_DELAY when all together have
   */
  synchronized Reservation reserve(
      int slots, long cachedBytes, @Nullable InetAddress host, long bytesOfClientMax, int sessions)
      throws NfsStatusException {
    long leastCached = Math.min(cachedBytes, LEAST_CACHED_BYTES);
    long least = bytes(1, leastCached);
    if (least > bytesOfClientMax) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOSPC);
    }
    long spare = Math.max(0, bytesLeft - keptBytes);
    long hostSpare = Math.max(0, (totalBytes - keptBytes) / HOST_PART - taken(host));
    // The second is what a client has that lost its first one, or its connection to it.
    long room =
        switch (sessions) {
          case 0 -> bytesLeft;
          case 1 -> spare;
          default -> Math.min(spare, hostSpare);
        };
    if (least > room) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
    long share = Math.min(bytesOfClientMax, Math.min(spare / PARTS, hostSpare / HOST_PARTS));
    long cached = Math.clamp(share / slots - SLOT_BYTES, leastCached, cachedBytes);
    int granted = Math.clamp(share / bytes(1, cached), 1, slots);
    add(host, bytes(granted, cached));
    return new Reservation(granted, cached, granted == 1 && slots > 1 && share < bytesOfClientMax);
  }

  /** A session has ended. */
  synchronized void release(ForeChannel fore) {
    add(fore.host(), -fore.cacheBytes());
  }

  @GuardedBy("this")
  private void add(@Nullable InetAddress host, long bytes) {
    bytesLeft -= bytes;
    long taken = taken(host) + bytes;
    if (taken == 0) {
      takenByHost.remove(host);
    } else {
      takenByHost.put(host, taken);
    }
  }

  /** What the sessions of an address have. */
  synchronized long taken(@Nullable InetAddress host) {
    return takenByHost.getOrDefault(host, 0L);
  }

  /** Whether so little is left that those who are silent are to give theirs. */
  synchronized boolean isLow() {
    return (bytesLeft - keptBytes) / PARTS < fullBytes / LOW_PART;
  }

  synchronized long bytesLeft() {
    return bytesLeft;
  }
}
