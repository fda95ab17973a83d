package io.ferrynfs.server.state;

import io.ferrynfs.wire.xdr.Opaque;

/**
 * A read delegation (RFC 8881 section 10.4): as long as the client has it, no other client changes
 * the file or opens it to write. It outlives the opens that it came with, so it holds the file.
 */
final class DelegationState extends StateEntry {
  private final SharedFile opened;
  private final long uid;
  private final DelegationHolder holder;
  private final DelegationRegistry delegations;
  private boolean recalled;

  /** When it may be taken away, if it is recalled. */
  private long untilNanos;

  /** Takes over a reference to the file. */
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

  /** Wants it back from now on; false when that was so before. */
  boolean beginRecall() {
    if (recalled) {
      return false;
    }
    recalled = true;
    untilNanos = delegations.nanoTime() + delegations.leaseNanos();
    return true;
  }

  /** Whether the client has had a lease of time to return it (section 10.4.5). */
  boolean isOverdue() {
    return recalled && delegations.nanoTime() - untilNanos >= 0;
  }

  /** Tells the client, under no lock. */
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
