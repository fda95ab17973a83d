package io.ferrynfs.server.state;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file that one operation borrows. The file stays open until this is closed, even if its
 * stateid ends before. READ passes it to the transport and closes it after the data has been sent.
 * A second close has no effect. Any thread may close it.
 */
public final class FileUse implements AutoCloseable {
  private final OpenFile file;
  private final Runnable release;

  /** Several users opened the file, so each operation checks the access of its caller. */
  static final long BY_SEVERAL = -1;

  /** The operation opened the file with the credentials of its caller. */
  private static final long FOR_THE_USER = -2;

  private long uid = FOR_THE_USER;
  private final AtomicBoolean closed = new AtomicBoolean();

  FileUse(OpenFile file, Runnable release) {
    this.file = file;
    this.release = release;
  }

  /** Returns a use that owns the file. */
  public static FileUse owning(OpenFile file) {
    return new FileUse(file, file::close);
  }

  /**
   * Returns a use of a file that the server opened itself. Operations check the access of their
   * callers.
   */
  public static FileUse ofServer(OpenFile file) {
    return owning(file).openedBy(BY_SEVERAL);
  }

  /** Opens or borrows a file. */
  @FunctionalInterface
  interface Origin {
    FileUse use() throws NfsStatusException, StorageException;
  }

  /** Returns a use whose file counts as changing until it is closed. */
  static FileUse changing(Origin origin, FileChange change)
      throws NfsStatusException, StorageException {
    boolean isOpen = false;
    try {
      FileUse opened = origin.use();
      isOpen = true;
      return new FileUse(
          opened.file(),
          () -> {
            opened.close();
            change.close();
          });
    } finally {
      if (!isOpen) {
        change.close();
      }
    }
  }

  /** Sets the user who opened the file; called before the use is published. */
  FileUse openedBy(long user) {
    uid = user;
    return this;
  }

  /** Returns whether this user opened the file, so that its access was checked. */
  public boolean isOpenedBy(long user) {
    return uid == FOR_THE_USER || uid == user;
  }

  /** Returns the open file. */
  public OpenFile file() {
    return file;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
