package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Advice;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Pipe;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.Lock;

/** An open file of a memory volume. A sync has no work to do because memory is the only storage. */
final class MemoryFile implements OpenFile {
  private final Store store;
  private final Opens opens;
  private final Inode inode;
  private final FileData data;
  private final OpenAccess access;
  private final Caller caller;
  private final UseCount uses;

  /** Creates an open of an inode for which the caller has called {@link Store#countOpen}. */
  MemoryFile(Opens opens, Inode inode, FileData data, OpenAccess access, Caller caller) {
    this.store = opens.store();
    this.opens = opens;
    this.inode = inode;
    this.data = data;
    this.access = access;
    this.caller = caller;
    this.uses = new UseCount(() -> store.countClose(inode));
  }

  /** An operation on the data while the lock of the file is held. */
  @FunctionalInterface
  private interface Action<T> {
    T run() throws StorageException;
  }

  /** A modification of the data while the lock of the file is held for writing. */
  @FunctionalInterface
  private interface Change {
    void run() throws StorageException;
  }

  private <T> T reading(Action<T> action) throws StorageException {
    return guarded(inode.lock.readLock(), action);
  }

  private <T> T guarded(Lock lock, Action<T> action) throws StorageException {
    uses.enter();
    try {
      lock.lock();
      try {
        return action.run();
      } finally {
        lock.unlock();
      }
    } finally {
      uses.exit();
    }
  }

  private void changing(Change change) throws StorageException {
    requireWrites();
    guarded(
        inode.lock.writeLock(),
        () -> {
          change.run();
          changed();
          return true;
        });
  }

  private void changed() {
    inode.dataChanged(caller.isSuperuser(), store.nextChange(), store.now());
  }

  @Override
  public Handle handle() {
    return store.handle(inode);
  }

  @Override
  public OpenAccess access() {
    return access;
  }

  @Override
  public Attributes attributes() throws StorageException {
    return reading(inode::attributes);
  }

  @Override
  public long size() throws StorageException {
    return reading(data::size);
  }

  @Override
  public int read(ByteBuffer target, long position) throws StorageException {
    requireReads();
    requireNotNegative(position);
    return reading(() -> data.read(target, position));
  }

  @Override
  public int write(ByteBuffer source, long position) throws StorageException {
    requireWrites();
    requireRange(position, source.remaining());
    return guarded(
        inode.lock.writeLock(),
        () -> {
          int written = data.write(source, position);
          if (written > 0) {
            changed();
          }
          return written;
        });
  }

  @Override
  public Optional<Pipe> pipe() {
    return store.pipeBytesMax == 0
        ? Optional.empty()
        : Optional.of(new MemoryPipe(store, store.pipeBytesMax));
  }

  @Override
  public int write(Pipe source, long position, int bytes) throws StorageException {
    if (!(source instanceof MemoryPipe pipe)) {
      throw new StorageException(Status.INVALID);
    }
    int written = write(pipe.next(bytes), position);
    pipe.taken(written);
    store.countPiped(written);
    return written;
  }

  @Override
  public void sync(SyncScope scope) throws StorageException {
    reading(() -> true);
  }

  @Override
  public void truncate(long size) throws StorageException {
    requireRange(size, 0);
    changing(() -> data.truncate(size));
  }

  /**
   * Truncates the file to 0 bytes, regardless of the access mode. The caller has checked write
   * permission.
   */
  void empty() throws StorageException {
    guarded(
        inode.lock.writeLock(),
        () -> {
          data.truncate(0);
          changed();
          return true;
        });
  }

  @Override
  public void allocate(long offset, long length) throws StorageException {
    store.require(Feature.ALLOCATE);
    requireRange(offset, requirePositive(length));
    changing(() -> data.allocate(offset, length));
  }

  @Override
  public void deallocate(long offset, long length) throws StorageException {
    store.require(Feature.HOLES);
    requireNotNegative(offset);
    requirePositive(length);
    changing(() -> data.deallocate(offset, length));
  }

  /** Accepts all advice: the data is in memory already. */
  @Override
  public boolean advise(long offset, long length, Advice advice) throws StorageException {
    if (offset < 0 || length < 0) {
      throw new StorageException(Status.INVALID);
    }
    return reading(() -> advice == Advice.WILL_NEED);
  }

  @Override
  public long seekData(long offset) throws StorageException {
    requireReads();
    requireNotNegative(offset);
    return reading(() -> store.has(Feature.HOLES) ? data.seekData(offset) : inside(offset, offset));
  }

  @Override
  public long seekHole(long offset) throws StorageException {
    requireReads();
    requireNotNegative(offset);
    return reading(
        () -> store.has(Feature.HOLES) ? data.seekHole(offset) : inside(offset, data.size()));
  }

  private long inside(long offset, long answer) throws StorageException {
    if (offset >= data.size()) {
      throw new StorageException(Status.NO_DATA);
    }
    return answer;
  }

  @Override
  public long copyRange(OpenFile source, long sourceOffset, long offset, long length)
      throws StorageException {
    MemoryFile from = source(source);
    requireWrites();
    requireNotNegative(sourceOffset);
    requireNotNegative(offset);
    requirePositive(length);
    return with(
        from,
        () -> {
          long count = Math.min(length, Math.max(0, from.data.size() - sourceOffset));
          requireRange(offset, count);
          requireDisjoint(from, sourceOffset, offset, count);
          boolean share = store.has(Feature.CLONE);
          long copied = data.copy(from.data, sourceOffset, offset, count, share);
          if (copied > 0) {
            changed();
          }
          return copied;
        });
  }

  @Override
  public void cloneRange(OpenFile source, long sourceOffset, long offset, long length)
      throws StorageException {
    store.require(Feature.CLONE);
    MemoryFile from = source(source);
    requireWrites();
    requireNotNegative(sourceOffset);
    requireNotNegative(offset);
    requireNotNegative(length);
    with(
        from,
        () -> {
          long count = length == 0 ? from.data.size() - sourceOffset : length;
          requireCloneable(from, sourceOffset, offset, count);
          if (count > 0) {
            data.cloneRange(from.data, sourceOffset, offset, count);
            changed();
          }
          return count;
        });
  }

  private void requireCloneable(MemoryFile from, long sourceOffset, long offset, long count)
      throws StorageException {
    long sourceSize = from.data.size();
    boolean inside = sourceOffset <= sourceSize && count <= sourceSize - sourceOffset;
    if (!inside || sourceOffset % Block.SIZE != 0 || offset % Block.SIZE != 0) {
      throw new StorageException(Status.INVALID);
    }
    requireRange(offset, count);
    requireDisjoint(from, sourceOffset, offset, count);
    boolean toBothEnds = sourceOffset + count == sourceSize && offset + count >= data.size();
    if (count % Block.SIZE != 0 && !toBothEnds) {
      throw new StorageException(Status.INVALID);
    }
  }

  private MemoryFile source(OpenFile source) throws StorageException {
    if (!(source.undecorated() instanceof MemoryFile file) || file.store != store) {
      throw new StorageException(Status.CROSS_DEVICE);
    }
    file.requireReads();
    return file;
  }

  /** Runs an action with this file locked for writing and the other locked for reading. */
  private long with(MemoryFile from, Action<Long> action) throws StorageException {
    if (from.inode == inode) {
      return from.entered(() -> guarded(inode.lock.writeLock(), action));
    }
    Lock mine = inode.lock.writeLock();
    Lock other = from.inode.lock.readLock();
    if (inode.id < from.inode.id) {
      return guarded(mine, () -> from.guarded(other, action));
    }
    return from.guarded(other, () -> guarded(mine, action));
  }

  private long entered(Action<Long> action) throws StorageException {
    uses.enter();
    try {
      return action.run();
    } finally {
      uses.exit();
    }
  }

  private void requireDisjoint(MemoryFile from, long sourceOffset, long offset, long length)
      throws StorageException {
    if (from.inode == inode && length > Math.abs(sourceOffset - offset)) {
      throw new StorageException(Status.INVALID, "the ranges overlap");
    }
  }

  private void requireReads() throws StorageException {
    if (!access.reads()) {
      throw new StorageException(Status.ACCESS, "not open for reading");
    }
  }

  private void requireWrites() throws StorageException {
    if (!access.writes()) {
      throw new StorageException(Status.ACCESS, "not open for writing");
    }
  }

  private void requireRange(long offset, long length) throws StorageException {
    requireNotNegative(offset);
    if (length > store.limits.fileBytesMax() - offset) {
      throw new StorageException(Status.TOO_BIG);
    }
  }

  private static void requireNotNegative(long value) throws StorageException {
    if (value < 0) {
      throw new StorageException(Status.INVALID);
    }
  }

  private static long requirePositive(long value) throws StorageException {
    if (value <= 0) {
      throw new StorageException(Status.INVALID);
    }
    return value;
  }

  @Override
  public OpenFile duplicate() throws StorageException {
    uses.enter();
    try {
      return opens.open(inode, access, caller);
    } finally {
      uses.exit();
    }
  }

  /** Returns whether this is an open of the given object in the given store. */
  boolean isOf(Store otherStore, Inode otherInode) {
    return store == otherStore && inode == otherInode;
  }

  @Override
  public void close() {
    opens.forget(this);
    uses.close();
  }
}
