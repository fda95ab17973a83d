package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.DirectoryScan;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.Fd;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a local directory, without {@code .} and {@code ..}, in the order of the kernel.
 */
public final class LocalListing implements AutoCloseable {
  private final Fd directory;
  private final DirectoryScan scan;

  /** An entry: the bytes of its name, and its attributes. A symbolic link is not followed. */
  public static final class Entry {
    private final byte[] name;
    private final LocalStat stat;

    private Entry(byte[] name, LocalStat stat) {
      this.name = name;
      this.stat = stat;
    }

    public byte[] name() {
      return name.clone();
    }

    public LocalStat stat() {
      return stat;
    }
  }

  LocalListing(Fd directory, byte[] name) throws IOException {
    this.directory = directory;
    try {
      this.scan = DirectoryScan.open(directory.number(), 0);
    } catch (StorageException e) {
      throw failed(e, name);
    }
  }

  private static IOException failed(StorageException e, byte[] name) {
    return switch (e.status()) {
      case ACCESS, PERMISSION -> LocalErrors.of(Errno.EACCES, name);
      case NOT_DIRECTORY -> LocalErrors.of(Errno.ENOTDIR, name);
      case TRY_LATER -> LocalErrors.of(Errno.EMFILE, name);
      case NOT_FOUND, STALE -> LocalErrors.of(Errno.ENOENT, name);
      default -> new IOException("cannot be listed: " + e.status(), e);
    };
  }

  /**
   * Returns the next entry. Skips an entry that was removed in the meantime.
   *
   * @return null at the end
   * @throws IOException if the directory cannot be read
   */
  public @Nullable Entry next() throws IOException {
    try {
      while (scan.next()) {
        byte[] name = scan.name();
        AttributeCalls.StatxResult found = AttributeCalls.statx(directory.number(), name, 0);
        if (found.errno() == 0) {
          return new Entry(name, LocalStat.of(found.statx()));
        }
        if (found.errno() != Errno.ENOENT) {
          throw LocalErrors.of(found.errno(), name);
        }
      }
      return null;
    } catch (StorageException e) {
      throw failed(e, new byte[0]);
    }
  }

  @Override
  public void close() {
    scan.close();
    directory.release();
  }
}
