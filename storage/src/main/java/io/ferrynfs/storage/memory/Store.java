package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.VolumeLimits;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The contents of a memory volume, which survive its closing: the table of all objects and the
 * space accounting.
 *
 * <p>Lock order: {@link #names} for the tree, then the lock of an inode. Of two inodes the one with
 * the lower number is locked first. No code outside this package is called while a lock is held,
 * except for the clock.
 */
final class Store {
  private static final int HANDLE_BYTES = 3 * Long.BYTES;
  private static final long ROOT_ID = 1;

  final UUID id;
  final Set<Feature> features;
  final VolumeLimits limits;
  final SpaceAccount bytes;
  final SpaceAccount files;
  final SpaceAccount opens;
  final QuotaTable quotas;
  final Inode root;
  final ReentrantReadWriteLock names = new ReentrantReadWriteLock();

  private final Caller processUser;
  private final InstantSource clock;
  private final Map<Long, Inode> inodes = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong(ROOT_ID);
  private final AtomicLong lastChange = new AtomicLong();
  private final AtomicInteger pipes = new AtomicInteger();
  private final AtomicLong piped = new AtomicLong();
  final int pipeBytesMax;

  Store(MemoryVolume.Builder options) {
    this.id = options.id;
    this.features = Set.copyOf(options.features);
    this.limits = options.limits();
    this.bytes = new SpaceAccount(options.capacityBytes);
    this.files = new SpaceAccount(options.filesMax);
    this.opens = new SpaceAccount(options.openFilesMax);
    this.quotas = new QuotaTable(features.contains(Feature.QUOTAS));
    this.processUser = options.processUser;
    this.clock = options.clock;
    this.pipeBytesMax = options.pipeBytesMax;
    Inode.Draft draft = new Inode.Draft(FileType.DIRECTORY);
    draft.mode = options.rootMode;
    draft.uid = processUser.uid();
    draft.gid = processUser.gid();
    this.root = toInode(draft, ROOT_ID);
    inodes.put(ROOT_ID, root);
  }

  /** Adjusts the number of pipes by 1 or -1. */
  void countPipe(int change) {
    pipes.addAndGet(change);
  }

  int pipeCount() {
    return pipes.get();
  }

  void countPiped(int bytes) {
    piped.addAndGet(bytes);
  }

  long pipedBytes() {
    return piped.get();
  }

  boolean has(Feature feature) {
    return features.contains(feature);
  }

  void require(Feature feature) throws StorageException {
    if (!has(feature)) {
      throw new StorageException(Status.NOT_SUPPORTED, feature.name());
    }
  }

  /**
   * Returns the caller whose permissions apply. Without enforcement this is the user of the
   * process.
   */
  Caller effective(Caller caller) {
    return has(Feature.CALLER_ENFORCED) ? caller : processUser;
  }

  Instant now() {
    return clock.instant();
  }

  /** Returns a change attribute that is larger than all earlier ones. */
  long nextChange() {
    return lastChange.incrementAndGet();
  }

  Handle handle(Inode inode) {
    ByteBuffer encoded = ByteBuffer.allocate(HANDLE_BYTES);
    encoded.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    try {
      return Handle.of(encoded.putLong(inode.id).array());
    } catch (StorageException e) {
      throw new AssertionError("a handle of " + HANDLE_BYTES + " bytes", e);
    }
  }

  /** Returns the inode number in a handle of this volume. */
  long number(Handle handle) throws StorageException {
    ByteBuffer encoded = ByteBuffer.wrap(handle.toByteArray());
    if (encoded.remaining() != HANDLE_BYTES
        || encoded.getLong() != id.getMostSignificantBits()
        || encoded.getLong() != id.getLeastSignificantBits()) {
      throw new StorageException(Status.BAD_HANDLE);
    }
    long number = encoded.getLong();
    if (number < ROOT_ID || number > lastId.get()) {
      throw new StorageException(Status.BAD_HANDLE);
    }
    return number;
  }

  /**
   * Returns the object of a handle. Numbers are not reused, so a number that was assigned and is
   * missing is stale.
   */
  Inode inode(Handle handle) throws StorageException {
    Inode inode = inodes.get(number(handle));
    if (inode == null) {
      throw new StorageException(Status.STALE);
    }
    return inode;
  }

  /** Creates an object from a draft. The object has no name yet. */
  Inode add(Inode.Draft draft) throws StorageException {
    files.take(1);
    try {
      bytes.take(draft.charge());
    } catch (StorageException e) {
      files.give(1);
      throw e;
    }
    Inode inode = toInode(draft, lastId.incrementAndGet());
    inodes.put(inode.id, inode);
    return inode;
  }

  private Inode toInode(Inode.Draft draft, long number) {
    return draft.toInode(number, nextChange(), now(), has(Feature.BIRTH_TIME));
  }

  /** Removes an object that has neither a name nor an open. */
  void releaseIfUnused(Inode inode) {
    inode.lock.writeLock().lock();
    try {
      if (inode.nlink > 0 || inode.openCount > 0 || inode.gone) {
        return;
      }
      inode.gone = true;
      inodes.remove(inode.id);
      if (inode.data != null) {
        inode.data.clear();
      }
      inode.xattrs.forEach((name, value) -> bytes.give(XattrStore.charge(name, value.length)));
      bytes.give(inode.charge());
      files.give(1);
    } finally {
      inode.lock.writeLock().unlock();
    }
  }

  /**
   * Counts an open, which keeps the object alive.
   *
   * @throws StorageException TRY_LATER if too many files are open; STALE
   */
  void countOpen(Inode inode) throws StorageException {
    inode.lock.writeLock().lock();
    try {
      if (inode.gone) {
        throw new StorageException(Status.STALE);
      }
      try {
        opens.take(1);
      } catch (StorageException e) {
        throw new StorageException(Status.TRY_LATER, "too many open files");
      }
      inode.openCount++;
    } finally {
      inode.lock.writeLock().unlock();
    }
  }

  void countClose(Inode inode) {
    inode.lock.writeLock().lock();
    try {
      inode.openCount--;
      opens.give(1);
    } finally {
      inode.lock.writeLock().unlock();
    }
    releaseIfUnused(inode);
  }
}
