package io.ferrynfs.cli.place;

import io.ferrynfs.storage.linux.LocalDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parent directory of a path that the user typed. It is opened on first use and stays open, so
 * that another process that renames a directory of the path cannot redirect the command.
 */
final class LocalBase implements AutoCloseable {
  private final byte[] path;
  private final List<LocalBase> others = new ArrayList<>();
  private @Nullable LocalDirectory directory;

  /**
   * Creates a base.
   *
   * @param path the path as bytes
   */
  LocalBase(byte[] path) {
    this.path = path;
  }

  byte[] path() {
    return path;
  }

  /** Returns another directory that is closed together with this one. */
  synchronized LocalBase other(byte[] otherPath) {
    LocalBase other = new LocalBase(otherPath);
    others.add(other);
    return other;
  }

  synchronized LocalDirectory directory() throws IOException {
    LocalDirectory open = directory;
    if (open == null) {
      open = LocalDirectory.open(path);
      directory = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    others.forEach(LocalBase::close);
    others.clear();
    if (directory != null) {
      directory.close();
      directory = null;
    }
  }
}
