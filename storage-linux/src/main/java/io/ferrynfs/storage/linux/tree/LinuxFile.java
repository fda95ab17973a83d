package io.ferrynfs.storage.linux.tree;

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
import io.ferrynfs.storage.linux.call.DataCalls;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.LocalCalls;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.call.SocketDescriptors;
import io.ferrynfs.storage.linux.handle.Node;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A regular file on a descriptor that it shares with its duplicates. A call holds a reference to
 * the descriptor, so a close neither waits for calls in flight nor affects them.
 */
public final class LinuxFile implements OpenFile {
  private final Tree tree;
  private final OpenDescriptor open;
  private final OpenAccess access;
  private final AtomicBoolean closed = new AtomicBoolean();

  private LinuxFile(Tree tree, OpenDescriptor open, OpenAccess access) {
    this.tree = tree;
    this.open = open;
    this.access = access;
    tree.handles().opened(open.handle(), open.fd());
  }

  /**
   * Creates a file that owns a descriptor. The caller keeps the descriptor if this fails.
   *
   * @param opener the identity for writes
   * @throws StorageException TRY_LATER if too many files are open
   */
  public static LinuxFile open(
      Tree tree, int fd, Handle handle, long changeKey, OpenAccess access, Caller opener)
      throws StorageException {
    if (!tree.descriptors().tryTake()) {
      throw DescriptorBudget.exhausted();
    }
    OpenDescriptor open = new OpenDescriptor(fd, handle, changeKey, opener, tree.descriptors());
    return new LinuxFile(tree, open, access);
  }

  /** A call that uses the number of the descriptor. */
  private interface Use<T> {
    T with(int fd) throws StorageException;
  }

  private <T> T use(Use<T> use) throws StorageException {
    enter();
    try {
      return use.with(open.fd().number());
    } finally {
      open.fd().release();
    }
  }

  private void enter() throws StorageException {
    if (closed.get() || !open.fd().acquire()) {
      throw new StorageException(Status.CLOSED);
    }
  }

  private <T> T change(Use<T> use) throws StorageException {
    if (!access.writes()) {
      throw new StorageException(Status.ACCESS);
    }
    return use(fd -> {
      tree.writing(fd, open.changeKey());
      try {
        T result = tree.permissions().as(open.opener(), () -> use.with(fd));
        if (tree.permissions().enforcedHere() && !open.opener().isSuperuser()) {
          AttributeWork.clearSetId(fd);
        }
        return result;
      } finally {
        tree.changed(open.changeKey());
      }
    });
  }

  private static void checkRange(long offset, long length) throws StorageException {
    if (offset < 0 || length < 0) {
      throw new StorageException(Status.INVALID);
    }
    if (offset + length < 0) {
      throw new StorageException(Status.TOO_BIG);
    }
  }

  private static void checkNotEmpty(long offset, long length) throws StorageException {
    checkRange(offset, length);
    if (length == 0) {
      throw new StorageException(Status.INVALID);
    }
  }

  private void checkReads() throws StorageException {
    if (!access.reads()) {
      throw new StorageException(Status.ACCESS);
    }
  }

  @Override
  public Handle handle() {
    return open.handle();
  }

  @Override
  public OpenAccess access() {
    return access;
  }

  @Override
  public Attributes attributes() throws StorageException {
    return use(tree::attributesNow);
  }

  @Override
  public long size() throws StorageException {
    return use(fd -> Node.statxOf(fd).sizeBytes());
  }

  @Override
  public Optional<String> displayPath() {
    if (!open.fd().acquire()) {
      return Optional.empty();
    }
    try {
      return tree.displayPath(open.fd().number());
    } finally {
      open.fd().release();
    }
  }

  @Override
  public int read(ByteBuffer target, long position) throws StorageException {
    checkReads();
    if (position < 0) {
      throw new StorageException(Status.INVALID);
    }
    return use(fd -> FileBytes.read(fd, target, position));
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target)
      throws IOException, StorageException {
    checkReads();
    if (position < 0 || count < 0) {
      throw new StorageException(Status.INVALID);
    }
    int socket =
        target instanceof SocketChannel channel
            ? SocketDescriptors.ofBusy(channel, count)
            : SocketDescriptors.UNKNOWN;
    if (socket != SocketDescriptors.UNKNOWN) {
      enter();
      try {
        long sent = DataCalls.sendfile(socket, open.fd().number(), position, count);
        if (sent >= 0 || sent == -Errno.EAGAIN) {
          return Math.max(sent, 0);
        }
        if (sent != -Errno.EINVAL && sent != -Errno.ENOSYS) {
          throw unsent((int) -sent);
        }
      } finally {
        open.fd().release();
      }
    }
    return OpenFile.super.transferTo(position, count, target);
  }

  @Override
  public int sendBefore(ByteBuffer bytes, WritableByteChannel target) throws IOException {
    int socket =
        target instanceof SocketChannel channel && bytes.isDirect()
            ? SocketDescriptors.known(channel)
            : SocketDescriptors.UNKNOWN;
    if (socket == SocketDescriptors.UNKNOWN) {
      return target.write(bytes);
    }
    long sent = DataCalls.sendMore(socket, MemorySegment.ofBuffer(bytes));
    if (sent == -Errno.EAGAIN) {
      return 0;
    }
    if (sent < 0) {
      throw new IOException("send fails: " + LocalCalls.message((int) -sent));
    }
    bytes.position(bytes.position() + (int) sent);
    return (int) sent;
  }

  /** Returns the exception of a connection that fails, or throws that of a file that fails. */
  private static IOException unsent(int errno) throws StorageException {
    if (errno == Errno.EIO) {
      throw ErrnoStatus.of(errno);
    }
    return new IOException("sendfile fails: " + LocalCalls.message(errno));
  }

  @Override
  public int write(ByteBuffer source, long position) throws StorageException {
    checkRange(position, source.remaining());
    if (!source.hasRemaining()) {
      return writeNothing();
    }
    return change(fd -> FileBytes.write(fd, source, position));
  }

  @Override
  public long write(List<ByteBuffer> sources, long position) throws StorageException {
    long length = 0;
    for (ByteBuffer source : sources) {
      if (!source.isDirect()) {
        return OpenFile.super.write(sources, position);
      }
      length += source.remaining();
    }
    checkRange(position, length);
    if (length == 0) {
      return writeNothing();
    }
    return change(fd -> FileBytes.gather(fd, sources, position));
  }

  @Override
  public Optional<Pipe> pipe() {
    return access.writes() && !closed.get() ? tree.pipes().take() : Optional.empty();
  }

  @Override
  public int write(Pipe source, long position, int bytes) throws StorageException {
    checkRange(position, bytes);
    if (!(source instanceof LinuxPipe pipe)) {
      throw new StorageException(Status.INVALID);
    }
    return change(fd -> pipe.writeTo(fd, position, bytes));
  }

  /**
   * Returns 0 for an empty write, which changes nothing, after checking that a write is permitted.
   */
  private int writeNothing() throws StorageException {
    if (!access.writes()) {
      throw new StorageException(Status.ACCESS);
    }
    return use(fd -> 0);
  }

  @Override
  public void sync(SyncScope scope) throws StorageException {
    int result = use(fd -> scope == SyncScope.DATA ? DataCalls.fdatasync(fd) : DataCalls.fsync(fd));
    ErrnoStatus.check(result);
  }

  @Override
  public void truncate(long size) throws StorageException {
    checkRange(size, 0);
    change(fd -> ErrnoStatus.check(DataCalls.ftruncate(fd, size)));
  }

  @Override
  public void allocate(long offset, long length) throws StorageException {
    checkNotEmpty(offset, length);
    require(Feature.ALLOCATE);
    change(fd -> {
      FileBytes.checkRoom(fd, length);
      // Two steps, so that the length does not change if space runs out in the first.
      ErrnoStatus.check(DataCalls.fallocate(fd, Flags.FALLOC_FL_KEEP_SIZE, offset, length));
      return ErrnoStatus.check(DataCalls.fallocate(fd, 0, offset, length));
    });
  }

  @Override
  public void deallocate(long offset, long length) throws StorageException {
    if (offset < 0 || length <= 0) {
      throw new StorageException(Status.INVALID);
    }
    require(Feature.HOLES);
    long bytes = Math.min(length, Long.MAX_VALUE - offset);
    change(fd -> ErrnoStatus.check(FileBytes.punch(fd, offset, bytes)));
  }

  private void require(Feature feature) throws StorageException {
    if (!tree.features().contains(feature)) {
      throw new StorageException(Status.NOT_SUPPORTED);
    }
  }

  /** Calls posix_fadvise(2), which also succeeds for advice that the file system ignores. */
  @Override
  public boolean advise(long offset, long length, Advice advice) throws StorageException {
    if (offset < 0 || length < 0) {
      throw new StorageException(Status.INVALID);
    }
    int number =
        switch (advice) {
          case NORMAL -> Flags.POSIX_FADV_NORMAL;
          case RANDOM -> Flags.POSIX_FADV_RANDOM;
          case SEQUENTIAL -> Flags.POSIX_FADV_SEQUENTIAL;
          case WILL_NEED -> Flags.POSIX_FADV_WILLNEED;
          case DONT_NEED -> Flags.POSIX_FADV_DONTNEED;
          case NO_REUSE -> Flags.POSIX_FADV_NOREUSE;
        };
    long bytes = Math.min(length, Long.MAX_VALUE - offset);
    return use(fd -> DataCalls.fadvise(fd, offset, bytes, number) == 0);
  }

  @Override
  public long seekData(long offset) throws StorageException {
    return seek(offset, Flags.SEEK_DATA);
  }

  @Override
  public long seekHole(long offset) throws StorageException {
    return seek(offset, Flags.SEEK_HOLE);
  }

  private long seek(long offset, int whence) throws StorageException {
    checkReads();
    if (offset < 0) {
      throw new StorageException(Status.INVALID);
    }
    return use(fd -> {
      long found = DataCalls.lseek(fd, offset, whence);
      if (found != -Errno.ENXIO) {
        return ErrnoStatus.check(found);
      }
      long size = Node.statxOf(fd).sizeBytes();
      if (offset >= size) {
        throw new StorageException(Status.NO_DATA);
      }
      return size;
    });
  }

  @Override
  public void beginSync(long offset, long length) {
    try {
      // Ignores errors: the sync reports data that cannot be written.
      use(fd -> DataCalls.startWriting(fd, offset, length));
    } catch (StorageException closed) {
      // This is only a hint.
    }
  }

  @Override
  public long copyRange(OpenFile source, long sourceOffset, long offset, long length)
      throws StorageException {
    checkNotEmpty(offset, length);
    checkRange(sourceOffset, length);
    LinuxFile from = requireOwnFile(source);
    if (isSameFile(from) && sourceOffset < offset + length && offset < sourceOffset + length) {
      throw new StorageException(Status.INVALID, "overlapping ranges");
    }
    boolean shares = sharesBlocks(sourceOffset, offset);
    return change(
        fd -> from.use(fromFd -> RangeCopy.copy(fromFd, sourceOffset, fd, offset, length, shares)));
  }

  @Override
  public void cloneRange(OpenFile source, long sourceOffset, long offset, long length)
      throws StorageException {
    require(Feature.CLONE);
    checkRange(offset, length);
    checkRange(sourceOffset, length);
    LinuxFile from = requireOwnFile(source);
    change(fd ->
        from.use(fromFd ->
            ErrnoStatus.check(DataCalls.cloneRange(fromFd, sourceOffset, fd, offset, length))));
  }

  /**
   * Returns whether the offsets permit sharing. The kernel copies unaligned ranges and fills their
   * holes with zeros.
   */
  private boolean sharesBlocks(long sourceOffset, long offset) {
    int block = tree.limits().cloneBlockBytes();
    return tree.features().contains(Feature.CLONE)
        && sourceOffset % block == 0
        && offset % block == 0;
  }

  private LinuxFile requireOwnFile(OpenFile source) throws StorageException {
    if (!source.access().reads()) {
      throw new StorageException(Status.ACCESS);
    }
    if (source.undecorated() instanceof LinuxFile file && file.tree == tree) {
      return file;
    }
    throw new StorageException(Status.CROSS_DEVICE);
  }

  private boolean isSameFile(LinuxFile other) {
    return open.handle().equals(other.open.handle());
  }

  @Override
  public OpenFile duplicate() throws StorageException {
    enter();
    // The duplicate takes over the reference that enter() acquired.
    return new LinuxFile(tree, open, access);
  }

  /** Returns a new descriptor of the same open file, which the caller closes. */
  public int duplicateDescriptor() throws StorageException {
    return use(fd -> ErrnoStatus.check(OpenCalls.dup(fd)));
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      tree.handles().closed(open.handle(), open.fd());
      open.fd().release();
    }
  }
}
