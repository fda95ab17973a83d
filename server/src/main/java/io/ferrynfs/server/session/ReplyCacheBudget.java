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
 * The memory budget of the reply cache. A session reserves the memory of all of its slots when it
 * is created, so that no client can exhaust the memory of another one.
 *
 * <p>A new session gets less as the budget shrinks; RFC 8881 section 18.36.3 leaves both numbers to
 * the server. First its slots cache shorter replies, then it has fewer slots. A part of the budget
 * is reserved for the first sessions of clients, with one slot each. A late client is slow but not
 * locked out.
 */
final class ReplyCacheBudget {
  /** The memory of an empty slot. */
  private static final int SLOT_BYTES = 128;

  /**
   * The reply size that a slot can always cache on request, as in the Linux server. Replies of OPEN
   * and CREATE with the usual attributes fit.
   */
  private static final int LEAST_CACHED_BYTES = 2048;

  /** The divisor for the part that is reserved for first sessions. */
  private static final int KEPT_PART = 4;

  /** The divisor for the part of the remaining memory that one session may take. */
  private static final int PARTS = 64;

  /** The divisor for the part that all clients of one address may take. */
  private static final int HOST_PART = 2;

  /**
   * The divisor for one session of an address; the first one may take as much as the first of all.
   */
  private static final int HOST_PARTS = PARTS / HOST_PART;

  /** The budget is low if a session would get less than all slots divided by this number. */
  private static final int LOW_PART = 8;

  /**
   * The reservation of one session.
   *
   * @param slots the number of slots
   * @param cachedBytes the largest cached reply of each slot
   * @param isShort whether it has one slot only because of other clients
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

  /** Returns the memory of slots that cache replies of this size. */
  static long bytes(long slots, long cachedBytes) {
    return slots * (cachedBytes + SLOT_BYTES);
  }

  /**
   * Reserves slots.
   *
   * @param slots the requested number; at least one is granted
   * @param cachedBytes the requested size of a cached reply
   * @param host the address of the client
   * @param bytesOfClientMax the memory that the client may still take
   * @param sessions the number of sessions that the client has
   * @throws NfsStatusException NFS4ERR_NOSPC at the limit of the client; NFS4ERR_DELAY if all
   *     clients together have used the budget
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
    // A client that lost its first session, or its connection to it, creates a second one.
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

  /** Releases the memory of a session that has ended. */
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

  /** Returns the memory of all sessions of an address. */
  synchronized long taken(@Nullable InetAddress host) {
    return takenByHost.getOrDefault(host, 0L);
  }

  /** Returns whether so little memory is left that courtesy clients expire. */
  synchronized boolean isLow() {
    return (bytesLeft - keptBytes) / PARTS < fullBytes / LOW_PART;
  }

  synchronized long bytesLeft() {
    return bytesLeft;
  }
}
