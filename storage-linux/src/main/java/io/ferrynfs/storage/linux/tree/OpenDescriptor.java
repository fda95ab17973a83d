package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.linux.call.Fd;

/** An open of a regular file: the descriptor that a {@link LinuxFile} and its duplicates share. */
public final class OpenDescriptor {
  private final Fd fd;
  private final Handle handle;
  private final long changeKey;
  private final Caller opener;
  private final DescriptorBudget budget;

  /** Takes ownership of a descriptor and of its unit of the budget. */
  public OpenDescriptor(
      int number, Handle handle, long changeKey, Caller opener, DescriptorBudget budget) {
    this.fd = new Fd(number, this::closed);
    this.budget = budget;
    this.handle = handle;
    this.changeKey = changeKey;
    this.opener = opener;
  }

  public Fd fd() {
    return fd;
  }

  public Handle handle() {
    return handle;
  }

  /** Returns the key of the file in the change clock. */
  public long changeKey() {
    return changeKey;
  }

  /** Returns the identity for writes: its quota applies, and its writes clear the set-id bits. */
  public Caller opener() {
    return opener;
  }

  private void closed() {
    budget.giveBack();
  }
}
