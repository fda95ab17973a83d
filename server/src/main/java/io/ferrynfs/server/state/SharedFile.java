package io.ferrynfs.server.state;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import java.util.HashMap;
import java.util.Map;

/**
 * A reference-counted open file. Stateids hold references, operations borrow them. The release of
 * the last reference closes the file of the volume, in the same thread. Therefore a thread releases
 * references under no lock.
 */
final class SharedFile {
  private final OpenFile file;
  private final OpenFiles counts;

  @GuardedBy("this")
  private int references = 1;

  @GuardedBy("this")
  private final Map<Long, Integer> holders = new HashMap<>(2);

  /** Takes over the file, with one reference for the caller. */
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
   * Adds a reference for state of a client, which {@link #drop} releases.
   *
   * @return false, without effect, if the file is closed
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

  /** Adds a reference for state of a client. The caller ensures that the file stays open. */
  void hold(long clientid) {
    if (!tryHold(clientid)) {
      throw new IllegalStateException("the file is closed");
    }
  }

  /** Releases a reference of {@link #hold}. */
  void drop(long clientid) {
    synchronized (this) {
      if (holders.merge(clientid, -1, Integer::sum) == 0) {
        holders.remove(clientid);
        counts.remove(clientid);
      }
    }
    release();
  }

  /** Borrows the file. The caller ensures that the file stays open during the call. */
  FileUse use() {
    return use(() -> {});
  }

  /** Borrows the file and runs an action when the borrower releases it. */
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

  /** Releases a reference. */
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
