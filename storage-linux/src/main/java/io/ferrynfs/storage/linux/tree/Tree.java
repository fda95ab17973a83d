package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.VolumeLimits;
import io.ferrynfs.storage.linux.Options;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.BytesResult;
import io.ferrynfs.storage.linux.call.DataCalls;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.NameCalls;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.call.Statx;
import io.ferrynfs.storage.linux.handle.Handles;
import io.ferrynfs.storage.linux.handle.Node;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exported directory and the state that all operations share: handles, the change attribute,
 * permissions and durability.
 */
public final class Tree {
  private final int rootFd;
  private final Handles handles;
  private final CallerPermissions permissions;
  private final ChangeClock clock;
  private final boolean durable;
  private final Probe probe;
  private final DescriptorBudget descriptors;
  private final LinuxPipes pipes;
  private final long rootFilesystem;

  /** The fsId of filesystems that are not mounts (subvolumes), by device number. */
  private final ConcurrentHashMap<Long, Long> fsIds = new ConcurrentHashMap<>();

  private static final int FS_IDS_MAX = 10_000;

  public Tree(
      int rootFd,
      Handles handles,
      CallerPermissions permissions,
      Probe probe,
      Options options,
      DescriptorBudget descriptors)
      throws StorageException {
    this.rootFd = rootFd;
    this.handles = handles;
    this.permissions = permissions;
    this.clock = new ChangeClock(options.changedObjectsMax(), AttributeCalls.coarseNow().toNanos());
    this.durable = options.namesDurable();
    this.probe = probe;
    this.descriptors = descriptors;
    this.pipes = new LinuxPipes(descriptors);
    this.rootFilesystem = Node.statxOf(rootFd).filesystem();
  }

  public int rootFd() {
    return rootFd;
  }

  public Handles handles() {
    return handles;
  }

  public CallerPermissions permissions() {
    return permissions;
  }

  /** Returns the budget of open files. */
  public DescriptorBudget descriptors() {
    return descriptors;
  }

  /** Returns the pipes for bytes on their way to a file. */
  public LinuxPipes pipes() {
    return pipes;
  }

  public Set<Feature> features() {
    return probe.features();
  }

  public VolumeLimits limits() {
    return probe.limits();
  }

  /** Returns the object of a handle. A removed directory is STALE even if a process has it open. */
  public Node open(Handle handle) throws StorageException {
    Node node = handles.open(handle);
    if (node.statx().isDirectory() && node.statx().links() == 0) {
      node.close();
      throw new StorageException(Status.STALE);
    }
    return node;
  }

  /** Returns the directory of a handle. */
  public Node openDirectory(Handle handle) throws StorageException {
    Node node = open(handle);
    try {
      return node.asDirectory();
    } catch (StorageException e) {
      node.close();
      throw e;
    }
  }

  /** Opens a directory entry with the identity of a caller. */
  public Node openEntry(Caller caller, Node directory, byte[] name) throws StorageException {
    int fd = permissions.as(caller, () -> Node.openEntry(directory.fd(), name));
    return adopt(ErrnoStatus.checkEntry(fd), directory, name);
  }

  /** Opens a directory entry. The search permission has been checked already. */
  public Node openEntry(Node directory, byte[] name) throws StorageException {
    return adopt(ErrnoStatus.checkEntry(Node.openEntry(directory.fd(), name)), directory, name);
  }

  /** Creates a node that owns a descriptor. The descriptor is closed if this fails. */
  public Node adopt(int fd, Node directory, byte[] name) throws StorageException {
    try {
      Statx statx = Node.statxOf(fd);
      return new Node(fd, handles.handleOf(fd, statx, directory, name), statx);
    } catch (StorageException | RuntimeException | Error e) {
      OpenCalls.close(fd);
      throw e;
    }
  }

  /** Returns the current path below the root as the kernel reports it; empty if it is outside. */
  public Optional<String> displayPath(int fd) {
    BytesResult path = NameCalls.pathOf(fd);
    BytesResult root = NameCalls.pathOf(rootFd);
    if (path.errno() != 0 || root.errno() != 0) {
      return Optional.empty();
    }
    String top = new String(root.bytes(), StandardCharsets.UTF_8);
    String whole = new String(path.bytes(), StandardCharsets.UTF_8);
    String prefix = top.endsWith("/") ? top : top + "/";
    return whole.startsWith(prefix)
        ? Optional.of(whole.substring(prefix.length()))
        : Optional.empty();
  }

  /** Returns the current attributes of an object. */
  public Attributes attributesNow(int fd) throws StorageException {
    return attributes(fd, Node.statxOf(fd));
  }

  /** Converts attributes to those of the storage interface. */
  public Attributes attributes(int fd, Statx s) {
    FileType type = type(s.format());
    return new Attributes(
        type,
        s.mode() & 07777,
        s.links(),
        Integer.toUnsignedLong(s.uid()),
        Integer.toUnsignedLong(s.gid()),
        s.sizeBytes(),
        s.blocks512() * 512,
        s.inode(),
        fsId(fd, s),
        type.isDevice()
            ? new DeviceNumber(
                Integer.toUnsignedLong(s.deviceMajor()), Integer.toUnsignedLong(s.deviceMinor()))
            : DeviceNumber.NONE,
        instant(s.accessed()),
        instant(s.modified()),
        instant(s.changed()),
        s.hasBirthTime() ? instant(s.born()) : null,
        change(s));
  }

  private long fsId(int fd, Statx s) {
    if (s.filesystem() == rootFilesystem) {
      return 0;
    }
    Long known = fsIds.get(s.filesystem());
    if (known != null) {
      return known;
    }
    AttributeCalls.Space space = AttributeCalls.statvfs(fd);
    long id = space == null || space.fsId() == 0 ? s.filesystem() : space.fsId();
    if (fsIds.size() < FS_IDS_MAX) {
      fsIds.put(s.filesystem(), id);
    }
    return id;
  }

  private static Instant instant(Statx.Time time) {
    return Instant.ofEpochSecond(time.seconds(), time.nanos());
  }

  public static FileType type(int format) {
    return switch (format) {
      case Flags.S_IFDIR -> FileType.DIRECTORY;
      case Flags.S_IFLNK -> FileType.SYMLINK;
      case Flags.S_IFBLK -> FileType.BLOCK_DEVICE;
      case Flags.S_IFCHR -> FileType.CHARACTER_DEVICE;
      case Flags.S_IFIFO -> FileType.FIFO;
      case Flags.S_IFSOCK -> FileType.SOCKET;
      default -> FileType.REGULAR;
    };
  }

  /** Returns the change attribute. */
  public long change(Statx s) {
    return clock.value(Node.changeKey(s), s.changed().toNanos());
  }

  /** Returns the change attribute of an object that is about to be changed. */
  public long changing(Node node) {
    long before = change(node.statx());
    clock.before(node.changeKey(), before);
    return before;
  }

  /** Announces a change as {@link #changing} does, for a file that is written to often. */
  public void writing(int fd, long changeKey) throws StorageException {
    if (!clock.knows(changeKey)) {
      clock.before(changeKey, change(Node.statxOf(fd)));
    }
  }

  /** Records that an object has changed after {@link #changing} or {@link #writing}. */
  public void changed(long changeKey) {
    clock.after(changeKey);
  }

  /** Returns the change of an object since {@link #changing} returned {@code before}. */
  public ChangeInfo changeSince(Node node, long before) throws StorageException {
    changed(node.changeKey());
    return new ChangeInfo(before, change(Node.statxOf(node.fd())), false);
  }

  /**
   * Makes names of a directory or attributes of an object durable, by fsync(2). On journalling
   * filesystems this includes everything else that belongs to the change. An object that cannot be
   * opened (a symlink, a device, an unreadable file) needs syncfs(2).
   */
  public void sync(Node node) throws StorageException {
    if (!durable) {
      return;
    }
    int format = node.statx().format();
    if (format != Flags.S_IFDIR && format != Flags.S_IFREG) {
      ErrnoStatus.check(DataCalls.syncfs(rootFd));
      return;
    }
    int fd = OpenCalls.reopen(node.fd(), Flags.O_RDONLY | Flags.O_NONBLOCK);
    if (fd < 0 && format == Flags.S_IFREG) {
      fd = OpenCalls.reopen(node.fd(), Flags.O_WRONLY | Flags.O_NONBLOCK);
    }
    if (fd < 0) {
      ErrnoStatus.check(DataCalls.syncfs(rootFd));
      return;
    }
    int result = DataCalls.fsync(fd);
    OpenCalls.close(fd);
    ErrnoStatus.check(result);
  }

  /**
   * Makes changes durable as {@link #sync} does, through a descriptor that is open for reading or
   * writing.
   */
  public void syncOpen(int fd) throws StorageException {
    if (durable) {
      ErrnoStatus.check(DataCalls.fsync(fd));
    }
  }
}
