package ferry.server.session;

import ferry.server.config.ServerLimits;
import ferry.server.status.Refused;
import ferry.wire.nfs4.ChannelAttrs4;
import ferry.wire.nfs4.Nfsstat4;

/**
 * The memory for replies that clients may ask again for. A session reserves all that its slots can
 * keep when it is created, so that no client can use up another's later; as it runs low, new
 * sessions get fewer slots.
 */
final class ReplyCacheBudget {
  /** What a slot costs by itself. */
  private static final int SLOT_BYTES = 128;

  /** No session takes more than this part of what is left. */
  private static final int SHARE = 8;

  private final long fullBytes;
  private long bytesLeft;

  ReplyCacheBudget(ServerLimits limits) {
    bytesLeft = limits.cachedReplyBytesTotalMax();
    fullBytes = limits.slotsPerSessionMax() * (limits.cachedReplyBytesMax() + (long) SLOT_BYTES);
  }

  /**
   * Reserves slots.
   *
   * @param bytesOfClientMax what the client may still take
   * @return how many, at least 1 and at most as many as wanted
   * @throws Refused NFS4ERR_NOSPC when there is no room for one
   */
  synchronized int reserve(int slots, long cachedBytes, long bytesOfClientMax) throws Refused {
    long each = cachedBytes + SLOT_BYTES;
    long room = Math.min(bytesLeft, bytesOfClientMax);
    long fair = Math.max(1, Math.min(bytesLeft / SHARE, room) / each);
    int granted = (int) Math.min(slots, fair);
    if (granted * each > room) {
      throw new Refused(Nfsstat4.NFS4ERR_NOSPC);
    }
    bytesLeft -= granted * each;
    return granted;
  }

  /** What a session that got these has reserved. */
  static long bytes(ChannelAttrs4 fore) {
    return fore.maxrequests() * (fore.maxresponsesizeCached() + SLOT_BYTES);
  }

  /** A session that got these has ended. */
  synchronized void release(ChannelAttrs4 fore) {
    bytesLeft += bytes(fore);
  }

  /** Whether the next session may get fewer slots than a session may have. */
  synchronized boolean isLow() {
    return bytesLeft / SHARE < fullBytes;
  }

  synchronized long bytesLeft() {
    return bytesLeft;
  }
}
