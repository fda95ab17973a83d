package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.linux.call.Fd;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * An open of a regular file: the descriptor that a {@link LinuxFile} and its duplicates share, and
 * a channel on the same file for sendfile(2), which the JDK supports only between its own channels
 * and sockets. The channel is opened on first use, through /proc.
 */
public final class OpenDescriptor {
  private final Fd fd;
  private final Handle handle;
  private final long changeKey;
  private final Caller opener;
  private final DescriptorBudget budget;

  private final Object opening = new Object();
  private volatile @Nullable FileChannel channel;
  private volatile boolean channelRefused;

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

  /**
   * Returns the channel. Only a user of the descriptor may call this. Returns null if too many
   * files are open, or if this process may not open the file, even though it has the descriptor.
   */
  @Nullable FileChannel channel() {
    FileChannel ready = channel;
    if ((ready != null && ready.isOpen()) || channelRefused) {
      return channelRefused ? null : ready;
    }
    synchronized (opening) {
      return reopened();
    }
  }

  private @Nullable FileChannel reopened() {
    FileChannel last = channel;
    if (last != null && last.isOpen()) {
      return last;
    }
    boolean counted = last != null;
    if (!counted && !budget.tryTakeSpare()) {
      return null;
    }
    try {
      FileChannel opened =
          FileChannel.open(Path.of("/proc/self/fd/" + fd.number()), StandardOpenOption.READ);
      channel = opened;
      return opened;
    } catch (IOException e) {
      channelRefused = true;
      if (!counted) {
        budget.giveBack();
      }
      return null;
    }
  }

  private void closed() {
    budget.giveBack();
    closeChannel();
  }

  private void closeChannel() {
    FileChannel last = channel;
    if (last != null) {
      budget.giveBack();
      try {
        last.close();
      } catch (IOException e) {
        // An error is irrelevant because the channel was only read from.
        return;
      }
    }
  }
}
