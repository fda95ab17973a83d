package io.ferrynfs.server.state;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file lent to one operation. The file stays open until this is closed, even when the
 * stateid it came from goes meanwhile, so READ may hand it to the transport and close it when the
 * data has been sent. Closing twice does nothing; any thread may close.
 */
public final class FileUse implements AutoCloseable {
  private final OpenFile file;
  private final Runnable release;

  /** Whoever uses the file has to have the right to it himself. */
  static final long BY_SEVERAL = -1;

  /** Opened for whoever uses it, in his name. */
  private static final long FOR_THE_USER = -2;

  private long uid = FOR_THE_USER;
  private final AtomicBoolean closed = new AtomicBoolean();

  FileUse(OpenFile file, Runnable release) {
    this.file = file;
    this.release = release;
  }

  /** A file that nobody else uses. */
  public static FileUse owning(OpenFile file) {
    return new FileUse(file, file::close);
  }

  /** A file that the server opened in its own name: whoever uses it has to have the right to it. */
  public static FileUse ofServer(OpenFile file) {
    return owning(file).openedBy(BY_SEVERAL);
  }

  /** Where a use comes from. */
  @FunctionalInterface
  interface Origin {
    FileUse use() throws NfsStatusException, StorageException;
  }

  /** A file that is opened for this and counts as changing until it is closed. */
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

  /** It was opened before, by this user; set before anybody else sees it. */
  FileUse openedBy(long who) {
    uid = who;
    return this;
  }

  /** Whether it is this user who opened the file, so that it is known that he may. */
  public boolean isOpenedBy(long who) {
    return uid == FOR_THE_USER || uid == who;
  }

  /** The open file. */
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
