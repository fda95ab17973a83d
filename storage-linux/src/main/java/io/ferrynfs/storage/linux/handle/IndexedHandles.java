package io.ferrynfs.storage.linux.handle;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.DirectoryScan;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Fd;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.call.OpenCalls.HandleResult;
import io.ferrynfs.storage.linux.call.Statx;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Handles that need no privilege. A handle is the sealed {@link ObjectId}, so it does not depend on
 * the index. The index only tells where to look for the object, and the identity of an object found
 * there is compared with that of the handle.
 *
 * <p>An object is found in this order:
 *
 * <ol>
 *   <li>at its most likely place: the path from the root, by one openat2(2) that leaves the
 *       exported directory neither by {@code ..} nor through a symlink or a mount;
 *   <li>at its other places (hard links), whose directories are found in the same way;
 *   <li>by a search, if another process has renamed the object or one of its ancestors: first in
 *       its former directories, then in the whole tree, by the inode number in getdents64(2). A
 *       search ends after a limited number of entries. One search runs at a time and others fail
 *       with TRY_LATER, so that handles of removed objects cannot keep all threads scanning. An
 *       object that is not found is removed from the index and is STALE without a search from then
 *       on;
 *   <li>by the descriptor of an open, if the object was removed while it is open.
 * </ol>
 *
 * A handle that is not in the index belongs to an object that was removed through this volume.
 * After a crash of the machine it can also be a recent handle whose entry was lost. In that case
 * the object is searched for as well, within a budget of entries for the life of the process.
 */
public final class IndexedHandles implements Handles {
  private static final byte KIND = 3;

  /** The key of the hash in {@link ObjectId#tag}. Arbitrary, but it must never change. */
  private static final long TAG_K0 = 0x66657272792d7461L;

  private static final long TAG_K1 = 0x672d6f662d69645fL;

  private static final int PATH_BYTES_MAX = 4095;

  /** The maximum depth of directories. A longer chain is a loop in the index. */
  private static final int DEPTH_MAX = 2048;

  private static final long UNKNOWN_ALLOWANCE = 10_000_000;

  private final int rootFd;
  private final HandleSeal seal;
  private final HandleIndex index;
  private final long searchEntriesMax;
  private final ObjectId rootId;
  private final Handle root;
  private final ConcurrentHashMap<Handle, List<Fd>> open = new ConcurrentHashMap<>();
  private final Semaphore searching = new Semaphore(1);
  private final AtomicLong unknownAllowance = new AtomicLong(UNKNOWN_ALLOWANCE);

  public IndexedHandles(int rootFd, HandleSeal seal, HandleIndex index, long searchEntriesMax)
      throws StorageException {
    this.rootFd = rootFd;
    this.seal = seal;
    this.index = index;
    this.searchEntriesMax = searchEntriesMax;
    this.rootId = identify(rootFd, Node.statxOf(rootFd));
    this.root = handle(rootId);
  }

  /** Returns the identity of an object, as {@link ObjectId} describes. */
  public static ObjectId identify(int fd, Statx statx) {
    HandleResult result = OpenCalls.nameToHandle(fd, 0);
    byte[] proof;
    if (result.errno() == 0) {
      proof = result.handle().bytes();
    } else if (statx.hasBirthTime()) {
      proof = new ObjectId(statx.born().toNanos(), statx.format()).toBytes();
    } else {
      proof = new ObjectId(0, statx.format()).toBytes();
    }
    return new ObjectId(statx.inode(), SipHash.hash(TAG_K0, TAG_K1, proof, 0, proof.length));
  }

  @Override
  public Handle root() {
    return root;
  }

  private Handle handle(ObjectId id) throws StorageException {
    return seal.seal(KIND, id.toBytes());
  }

  private ObjectId idOf(Handle handle) throws StorageException {
    byte[] bytes = seal.unseal(handle);
    if (bytes[0] != KIND || bytes.length != HandleSeal.bodyOffset() + ObjectId.BYTES) {
      throw new StorageException(Status.BAD_HANDLE);
    }
    return ObjectId.get(bytes, HandleSeal.bodyOffset());
  }

  @Override
  public void check(Handle handle) throws StorageException {
    var _ = idOf(handle);
  }

  @Override
  public Node open(Handle handle) throws StorageException {
    ObjectId id = idOf(handle);
    int fd = openId(id, handle);
    try {
      return new Node(fd, handle, Node.statxOf(fd));
    } catch (StorageException | RuntimeException | Error e) {
      OpenCalls.close(fd);
      throw e;
    }
  }

  private int openId(ObjectId id, Handle handle) throws StorageException {
    if (id.equals(rootId)) {
      return ErrnoStatus.check(OpenCalls.reopen(rootFd, Flags.O_PATH));
    }
    byte[] path = path(id);
    if (path != null) {
      int fd = openIf(rootFd, path, id);
      if (fd >= 0) {
        return fd;
      }
    }
    int fd = openAtPlaces(id, DEPTH_MAX, new Effort());
    if (fd < 0) {
      fd = openOpened(handle);
    }
    if (fd < 0) {
      fd = search(id);
    }
    if (fd < 0) {
      throw new StorageException(Status.STALE);
    }
    return fd;
  }

  /**
   * Returns the path from the root by the most likely places; null if it is unknown or too long.
   */
  private byte @Nullable [] path(ObjectId id) {
    List<byte[]> names = new ArrayList<>();
    int length = 0;
    for (ObjectId at = id; !at.equals(rootId); ) {
      Location place = index.place(at);
      if (place == null) {
        return null;
      }
      length += place.name().length + 1;
      if (length > PATH_BYTES_MAX) {
        return null;
      }
      names.add(place.name());
      at = place.parent();
    }
    ByteArrayOutputStream path = new ByteArrayOutputStream(length);
    for (byte[] name : names.reversed()) {
      if (path.size() > 0) {
        path.write('/');
      }
      path.writeBytes(name);
    }
    return path.toByteArray();
  }

  /**
   * Returns a descriptor of the object at a path if it has the given identity, or {@code -errno}.
   */
  private static int openIf(int dirFd, byte[] path, ObjectId id) {
    int fd = Node.openPath(dirFd, path);
    if (fd < 0) {
      return fd;
    }
    AttributeCalls.StatxResult result = AttributeCalls.statx(fd);
    if (result.errno() == 0 && identify(fd, result.statx()).equals(id)) {
      return fd;
    }
    OpenCalls.close(fd);
    return -Errno.ESTALE;
  }

  /** Bounds the combinations of several places at each of many levels. */
  private static final class Effort {
    private int left = 2 * DEPTH_MAX;
  }

  /** Tries each place in turn, and finds its directory in the same way. */
  private int openAtPlaces(ObjectId id, int depthMax, Effort effort) throws StorageException {
    if (id.equals(rootId)) {
      return OpenCalls.reopen(rootFd, Flags.O_PATH);
    }
    if (depthMax == 0 || effort.left-- <= 0) {
      return -Errno.ESTALE;
    }
    for (Location place : index.places(id)) {
      int parent = openAtPlaces(place.parent(), depthMax - 1, effort);
      if (parent < 0) {
        continue;
      }
      int fd = openIf(parent, place.name(), id);
      OpenCalls.close(parent);
      if (fd >= 0) {
        index.put(id, place);
        return fd;
      }
    }
    return -Errno.ESTALE;
  }

  /** Opens an object without a name through the descriptor of an open. */
  private int openOpened(Handle handle) {
    for (Fd fd : open.getOrDefault(handle, List.of())) {
      if (fd.acquire()) {
        try {
          return OpenCalls.reopen(fd.number(), Flags.O_PATH);
        } finally {
          fd.release();
        }
      }
    }
    return -Errno.ESTALE;
  }

  private int search(ObjectId id) throws StorageException {
    List<Location> known = index.places(id);
    if (known.isEmpty() && (!index.tailLost() || unknownAllowance.get() <= 0)) {
      return -Errno.ESTALE;
    }
    if (!searching.tryAcquire()) {
      throw new StorageException(Status.TRY_LATER, "another search is in progress");
    }
    try {
      Search search = new Search(id, searchEntriesMax);
      int fd = search.run(known);
      if (known.isEmpty()) {
        unknownAllowance.addAndGet(search.left - searchEntriesMax);
      } else if (fd < 0) {
        index.forget(id);
      }
      return fd;
    } finally {
      searching.release();
    }
  }

  /** A search for one object. */
  private final class Search {
    private final ObjectId wanted;
    private long left;

    Search(ObjectId wanted, long entriesMax) {
      this.wanted = wanted;
      this.left = entriesMax;
    }

    int run(List<Location> known) throws StorageException {
      for (Location place : known) {
        int parent = openAtPlaces(place.parent(), DEPTH_MAX, new Effort());
        if (parent >= 0) {
          int found = scan(parent, place.parent(), new ArrayDeque<>());
          OpenCalls.close(parent);
          if (found >= 0) {
            return found;
          }
        }
      }
      return runWholeTree();
    }

    private int runWholeTree() throws StorageException {
      ArrayDeque<ObjectId> directories = new ArrayDeque<>(List.of(rootId));
      while (!directories.isEmpty() && left > 0) {
        ObjectId directory = directories.removeFirst();
        int fd = openAtPlaces(directory, DEPTH_MAX, new Effort());
        if (fd < 0) {
          continue;
        }
        int found = scan(fd, directory, directories);
        OpenCalls.close(fd);
        if (found >= 0) {
          return found;
        }
      }
      return -Errno.ESTALE;
    }

    /** Searches one directory and adds its subdirectories to the queue. */
    private int scan(int fd, ObjectId directory, ArrayDeque<ObjectId> directories)
        throws StorageException {
      try (DirectoryScan scan = DirectoryScan.open(fd, 0)) {
        while (left-- > 0 && scan.next()) {
          if (scan.inode() != wanted.inode() && !scan.mayBeDirectory()) {
            continue;
          }
          int entry = Node.openEntry(fd, scan.name());
          if (entry < 0) {
            continue;
          }
          if (recognize(entry, new Location(directory, scan.name()), directories)) {
            return entry;
          }
          OpenCalls.close(entry);
        }
      } catch (StorageException e) {
        // An unreadable directory hides its entries; the search continues with the others.
        if (e.status() == Status.IO) {
          throw e;
        }
      }
      return -Errno.ESTALE;
    }

    private boolean recognize(int fd, Location place, ArrayDeque<ObjectId> directories)
        throws StorageException {
      Statx statx = AttributeCalls.statx(fd).statx();
      ObjectId id = identify(fd, statx);
      if (statx.isDirectory() || id.equals(wanted)) {
        index.put(id, place);
      }
      if (statx.isDirectory()) {
        directories.addLast(id);
      }
      return id.equals(wanted);
    }
  }

  @Override
  public Handle parentOf(Node directory) throws StorageException {
    int fd =
        ErrnoStatus.check(
            OpenCalls.openat(
                directory.fd(), new byte[] {'.', '.'}, Flags.O_PATH | Flags.O_DIRECTORY, 0));
    try {
      return handle(identify(fd, Node.statxOf(fd)));
    } finally {
      OpenCalls.close(fd);
    }
  }

  @Override
  public Handle handleOf(int fd, Statx statx, Node directory, byte[] name) throws StorageException {
    ObjectId id = identify(fd, statx);
    index.put(id, new Location(idOf(directory.handle()), name));
    return handle(id);
  }

  /**
   * Records the new place before the system call, so that a crash between them does not lose it.
   */
  @Override
  public void naming(Node object, Node directory, byte[] name) throws StorageException {
    index.put(idOf(object.handle()), new Location(idOf(directory.handle()), name));
  }

  @Override
  public void unnamed(Node object, Node directory, byte[] name, boolean last)
      throws StorageException {
    ObjectId id = idOf(object.handle());
    if (last) {
      index.forget(id);
    } else {
      index.remove(id, new Location(idOf(directory.handle()), name));
    }
  }

  @Override
  public void opened(Handle handle, Fd fd) {
    open.compute(
        handle,
        (key, fds) -> {
          List<Fd> all = new ArrayList<>(fds == null ? List.of() : fds);
          all.add(fd);
          return Collections.unmodifiableList(all);
        });
  }

  @Override
  public void closed(Handle handle, Fd fd) {
    open.computeIfPresent(
        handle,
        (key, fds) -> {
          List<Fd> all = new ArrayList<>(fds);
          all.remove(fd);
          return all.isEmpty() ? null : Collections.unmodifiableList(all);
        });
  }

  @Override
  public void close() throws StorageException {
    index.close();
  }
}
