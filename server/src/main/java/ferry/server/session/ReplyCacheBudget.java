package ferry.server.session;

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

  private long bytesLeft;

  ReplyCacheBudget(long bytes) {
    bytesLeft = bytes;
  }

  /**
   * Reserves slots.
   *
   * @return how many, at least 1 and at most as many as wanted
   * @throws Refused NFS4ERR_NOSPC when there is no room for one
   */
  synchronized int reserve(int slots, long cachedBytes) throws Refused {
    long each = cachedBytes + SLOT_BYTES;
    long fair = Math.max(1, bytesLeft / SHARE / each);
    int granted = (int) Math.min(slots, fair);
    if (granted * each > bytesLeft) {
      throw new Refused(Nfsstat4.NFS4ERR_NOSPC);
    }
    bytesLeft -= granted * each;
    return granted;
  }

  /** A session that got these has ended. */
  synchronized void release(ChannelAttrs4 fore) {
    bytesLeft += fore.maxrequests() * (fore.maxresponsesizeCached() + SLOT_BYTES);
  }

  synchronized long bytesLeft() {
    return bytesLeft;
  }
}
