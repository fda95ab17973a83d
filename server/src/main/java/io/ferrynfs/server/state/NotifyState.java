package io.ferrynfs.server.state;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The stateid that COPY_NOTIFY gives (RFC 7862 section 15.3.3): by it another server reads the one
 * file, with the rights of the state that it was made of, and only as long as that is there.
 *
 * <p>It must be read with before its lease ends, and then at least once a lease; a READ lasts until
 * its data has left. One whose time is over stays for another lease, so that a destination that
 * comes too late is told why (NFS4ERR_PARTNER_NO_AUTH); it never comes back to life.
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

  /** Whether it was ever read with. */
  boolean isUsed() {
    return used;
  }

  /** How much longer it may be read with if nothing more happens; negative when it may not. */
  long nanosLeft() {
    return reads.get() > 0 ? Long.MAX_VALUE : untilNanos - notifies.nanoTime();
  }

  /** From now on its lease runs anew. */
  void renew() {
    untilNanos = notifies.nanoTime() + notifies.leaseNanos();
  }

  /**
   * Whether it may be forgotten that it was too late. It counts as gone from then on, whenever the
   * reaper comes.
   */
  boolean isForgettable() {
    return nanosLeft() < -notifies.leaseNanos();
  }

  /**
   * A READ begins.
   *
   * @throws NfsStatusException NFS4ERR_PARTNER_NO_AUTH for a lease after its end, then
   *     NFS4ERR_BAD_STATEID; NFS4ERR_OPENMODE
   */
  FileUse use() throws NfsStatusException {
    if (isForgettable()) {
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

  /** The file is the parent's, and each READ holds it itself. */
  @Override
  void release() {}
}
