package io.ferrynfs.server.state;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import java.util.HashMap;
import java.util.Map;

/**
 * An open file that stateids hold and operations borrow. The volume's file is closed by whoever
 * gives the last reference back, in the thread that does so; so nobody gives one back while holding
 * a lock.
 */
final class SharedFile {
  private final OpenFile file;
  private final OpenFiles counts;

  @GuardedBy("this")
  private int references = 1;

  @GuardedBy("this")
  private final Map<Long, Integer> holders = new HashMap<>(2);

  /** Takes the file over, with one reference for the caller. */
  SharedFile(OpenFile file, OpenFiles counts) {
    this.file = file;
    this.counts = counts;
  }

  OpenAccess access() {
    return file.access();
  }

  boolean reads() {
    return file.access().reads();
  }

  boolean writes() {
    return file.access().writes();
  }

  synchronized boolean isClosed() {
    return references == 0;
  }

  /**
   * One more reference, for something that a client holds; to be given back by {@link #drop}.
   *
   * @return false, and nothing has changed, when the file is closed already
   */
  synchronized boolean tryHold(long clientid) {
    if (references == 0) {
      return false;
    }
    references++;
    if (holders.merge(clientid, 1, Integer::sum) == 1) {
      counts.add(clientid);
    }
    return true;
  }

  /** The same where the caller makes sure that a reference is held meanwhile. */
  void hold(long clientid) {
    if (!tryHold(clientid)) {
      throw new IllegalStateException("a file that is closed");
    }
  }

  /** Undoes {@link #hold}. */
  void drop(long clientid) {
    synchronized (this) {
      if (holders.merge(clientid, -1, Integer::sum) == 0) {
        holders.remove(clientid);
        counts.remove(clientid);
      }
    }
    release();
  }

  /** Borrows the file. The caller makes sure that a reference is held meanwhile. */
  FileUse use() {
    return use(() -> {});
  }

  /** The same, and tells somebody when it is given back. */
  FileUse use(Runnable whenDone) {
    synchronized (this) {
      references++;
    }
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
