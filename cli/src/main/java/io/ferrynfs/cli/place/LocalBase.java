package io.ferrynfs.cli.place;

import io.ferrynfs.storage.linux.LocalDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directory that a path of the user's names a file in. It is opened when something is first
 * done in it and held from then on: whoever can rename the directories on the way cannot lead what
 * the command does elsewhere.
 */
final class LocalBase implements AutoCloseable {
  private final byte[] path;
  private final List<LocalBase> others = new ArrayList<>();
  private @Nullable LocalDirectory held;

  /**
   * @param path a path, as bytes
   */
  LocalBase(byte[] path) {
    this.path = path;
  }

  byte[] path() {
    return path;
  }

  /** Another directory that is reached from this one and closed with it. */
  synchronized LocalBase other(byte[] otherPath) {
    LocalBase other = new LocalBase(otherPath);
    others.add(other);
    return other;
  }

  synchronized LocalDirectory directory() throws IOException {
    LocalDirectory open = held;
    if (open == null) {
      open = LocalDirectory.open(path);
      held = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    others.forEach(LocalBase::close);
    others.clear();
    if (held != null) {
      held.close();
      held = null;
    }
  }
}
