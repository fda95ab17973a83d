package io.ferrynfs.server.state;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A stateid of COPY_NOTIFY (RFC 7862 section 15.3.3). Another server reads one file by it, with the
 * rights of the parent state and only while the parent exists.
 *
 * <p>The first READ must come within a lease time, and every other READ within a lease time after
 * the previous one. A READ lasts until its data has been sent. An expired stateid exists for
 * another lease time, so that a late destination fails with NFS4ERR_PARTNER_NO_AUTH. It never
 * becomes valid again.
 */
final class NotifyState extends StateEntry {
  private final StateEntry parent;
  private final CopyNotice notice;
  private final NotifyRegistry notifies;
  private final AtomicInteger reads = new AtomicInteger();
  private volatile long untilNanos;
  private volatile boolean used;

  NotifyState(StateEntry parent, Opaque other, CopyNotice notice, NotifyRegistry notifies) {
    super(parent.clientid(), parent.file(), other);
    this.parent = parent;
    this.notice = notice;
    this.notifies = notifies;
    renew();
  }

  CopyNotice notice() {
    return notice;
  }

  /** Returns whether a READ used this stateid. */
  boolean isUsed() {
    return used;
  }

  /** Returns the nanoseconds until it expires; negative if it has expired. */
  long nanosLeft() {
    return reads.get() > 0 ? Long.MAX_VALUE : untilNanos - notifies.nanoTime();
  }

  /** Renews its lease. */
  void renew() {
    untilNanos = notifies.nanoTime() + notifies.leaseNanos();
  }

  /**
   * Returns whether it expired more than a lease time ago. It is then invalid, even before the
   * reaper removes it.
   */
  boolean isInvalid() {
    return nanosLeft() < -notifies.leaseNanos();
  }

  /**
   * Begins a READ.
   *
   * @throws NfsStatusException NFS4ERR_PARTNER_NO_AUTH for a lease time after the expiry,
   *     NFS4ERR_BAD_STATEID afterwards; NFS4ERR_OPENMODE
   */
  FileUse use() throws NfsStatusException {
    if (isInvalid()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    if (nanosLeft() < 0) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH);
    }
    SharedFile file = reader();
    if (file == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_OPENMODE);
    }
    reads.incrementAndGet();
    used = true;
    return file.use(() -> {
      renew();
      reads.decrementAndGet();
    });
  }

  @Override
  Kind kind() {
    return Kind.NOTIFY;
  }

  @Override
  @Nullable SharedFile reader() {
    return parent.reader();
  }

  @Override
  void detach() {
    parent.children().remove(this);
    notifies.remove(this);
  }

  /** Does nothing, because the parent and each READ hold the file. */
  @Override
  void release() {}
}
