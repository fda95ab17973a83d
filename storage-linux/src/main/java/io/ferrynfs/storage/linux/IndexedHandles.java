package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.OpenCalls.HandleResult;
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
 * Handles without privilege. A handle is the sealed {@link ObjectId}, so it is the same whatever
 * happens to the index; the index only says where to look. What is found there counts only if its
 * identity is that of the handle.
 *
 * <p>An object is found in this order:
 *
 * <ol>
 *   <li>at its place: the path from the root, by one openat2(2) which leaves the exported directory
 *       neither by {@code ..} nor by a symlink nor by a mount;
 *   <li>at its other places (hard links), the directories above it being found in the same way;
 *   <li>by a search, if someone else has renamed it or a directory above it: first in the
 *       directories that it was in, then in the whole tree, by inode number as getdents64(2) gives
 *       it. It ends after a number of entries, and one search runs at a time; others answer
 *       TRY_LATER, so that handles of things that are gone cannot keep all threads scanning. What
 *       is not found is forgotten, and is STALE without a search from then on;
 *   <li>if it was removed but is open, by the descriptor of an open.
 * </ol>
 *
 * A handle that the index does not know is that of an object that was removed through this volume.
 * Only after a crash of the machine it may be one that was given out just before, when the index
 * lost its tail; then it is searched for too, as long as the run's allowance of entries lasts.
 */
final class IndexedHandles implements Handles {
  private static final byte KIND = 3;

  /** The key of the hash in {@link ObjectId#tag}; arbitrary, and never to be changed. */
  private static final long TAG_K0 = 0x66657272792d7461L;

  private static final long TAG_K1 = 0x672d6f662d69645fL;

  private static final int PATH_BYTES_MAX = 4095;

  /** Directories nest no deeper for us; a chain that is longer is a loop in the index. */
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

  IndexedHandles(int rootFd, HandleSeal seal, HandleIndex index, long searchEntriesMax)
      throws StorageException {
    this.rootFd = rootFd;
    this.seal = seal;
    this.index = index;
    this.searchEntriesMax = searchEntriesMax;
    this.rootId = identify(rootFd, Node.statxOf(rootFd));
    this.root = handle(rootId);
  }

  /** Who an object is, as {@link ObjectId} says. */
  static ObjectId identify(int fd, Statx statx) {
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
      return Errors.check(OpenCalls.reopen(rootFd, Flags.O_PATH));
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

  /** The path from the root by the likeliest places; null when there is none or it is too long. */
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

  /** A descriptor of what is at the path if it is the object, or {@code -errno}. */
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

  /** Several places at each of many levels would be more ways than anyone can go. */
  private static final class Effort {
    private int left = 2 * DEPTH_MAX;
  }

  /** Each place in turn, its directory being found in the same way. */
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

  /** An object without a name, by a descriptor through which it is open. */
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
      throw new StorageException(Status.TRY_LATER, "another search is under way");
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

  /** One search for one object. */
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

    /** Looks through one directory, adding the directories in it to those to come. */
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
        // A directory that may not be read hides what is in it; the search goes on elsewhere.
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
        Errors.check(
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
   * The new place is known before the kernel is asked, so that a crash in between loses nothing.
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
