package io.ferrynfs.server.state;

import io.ferrynfs.wire.xdr.Opaque;

/**
 * A read delegation (RFC 8881 section 10.4). While the client holds it, no other client changes the
 * file or opens it for writing. It outlives the open that it was granted with, so it holds the open
 * file itself.
 */
final class DelegationState extends StateEntry {
  private final SharedFile opened;
  private final long uid;
  private final DelegationHolder holder;
  private final DelegationRegistry delegations;
  private boolean recalled;

  /** The time after which a recalled delegation is revoked. */
  private long untilNanos;

  /** Takes over one reference to the open file. */
  DelegationState(
      long clientid,
      FileState file,
      Opaque other,
      SharedFile opened,
      long uid,
      DelegationHolder holder,
      DelegationRegistry delegations) {
    super(clientid, file, other);
    this.opened = opened;
    this.uid = uid;
    this.holder = holder;
    this.delegations = delegations;
  }

  @Override
  Kind kind() {
    return Kind.DELEGATION;
  }

  @Override
  SharedFile reader() {
    return opened;
  }

  @Override
  long openedBy() {
    return uid;
  }

  @Override
  boolean leavesTrace() {
    return true;
  }

  /** Begins the recall. Returns false if it had begun before. */
  boolean beginRecall() {
    if (recalled) {
      return false;
    }
    recalled = true;
    untilNanos = delegations.nanoTime() + delegations.leaseNanos();
    return true;
  }

  /** Returns whether the recall began more than a lease time ago (RFC 8881 section 10.4.5). */
  boolean isOverdue() {
    return recalled && delegations.nanoTime() - untilNanos >= 0;
  }

  /** Sends the recall to the client. Called under no lock. */
  void callHolder() {
    holder.recall(stateid());
  }

  @Override
  void detach() {
    file().delegations().remove(this);
    delegations.remove(this);
  }

  @Override
  void release() {
    opened.drop(clientid());
  }
}
