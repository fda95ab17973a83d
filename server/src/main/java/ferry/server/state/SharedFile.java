package ferry.server.state;

import ferry.storage.OpenFile;

/**
 * An open file that a stateid holds and operations borrow. The volume's file is closed by whoever
 * gives the last reference back, in the thread that does so; so nobody gives one back while holding
 * a lock.
 */
final class SharedFile {
  private final OpenFile file;
  private int references = 1;

  /** Takes the file over, with one reference for the caller. */
  SharedFile(OpenFile file) {
    this.file = file;
  }

  boolean reads() {
    return file.access().reads();
  }

  boolean writes() {
    return file.access().writes();
  }

  /** One more reference. The caller makes sure that one is held meanwhile. */
  synchronized void retain() {
    references++;
  }

  /** Borrows the file, as {@link #retain} does. */
  FileUse use() {
    retain();
    return new FileUse(file, this::release);
  }

  /** The same, and tells somebody when it is given back. */
  FileUse use(Runnable whenDone) {
    retain();
    return new FileUse(
        file,
        () -> {
          whenDone.run();
          release();
        });
  }

  /** Gives a reference back. */
  void release() {
    boolean last;
    synchronized (this) {
      references--;
      last = references == 0;
    }
    if (last) {
      file.close();
    }
  }
}
