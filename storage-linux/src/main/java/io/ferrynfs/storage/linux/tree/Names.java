package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Found;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Made;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Renamed;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.NameCalls;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.handle.Node;
import org.jspecify.annotations.Nullable;

/** The lookup and the changes of names. {@link Creation} creates regular files. */
public final class Names {
  private final Tree tree;

  public Names(Tree tree) {
    this.tree = tree;
  }

  public Found lookup(Caller caller, Handle directory, Name name) throws StorageException {
    try (Node dir = tree.openDirectory(directory)) {
      tree.permissions().checkSearch(caller, dir);
      try (Node found = tree.openEntry(caller, dir, name.toByteArray())) {
        return new Found(found.handle(), tree.attributes(found.fd(), found.statx()));
      }
    }
  }

  public Handle parent(Caller caller, Handle directory) throws StorageException {
    try (Node dir = tree.openDirectory(directory)) {
      if (dir.handle().equals(tree.handles().root())) {
        throw new StorageException(Status.NOT_FOUND);
      }
      if (tree.permissions().enforced()) {
        tree.permissions().check(caller, dir, CallerPermissions.EXECUTE);
      }
      return tree.handles().parentOf(dir);
    }
  }

  public Made makeDirectory(Caller caller, Handle directory, Name name, AttributeChanges changes)
      throws StorageException {
    return make(
        caller, directory, name, changes.withoutSize(), 0700, Flags.S_IFDIR, NameCalls::mkdirat);
  }

  public Made makeSymlink(
      Caller caller, Handle directory, Name name, byte[] target, AttributeChanges changes)
      throws StorageException {
    if (target.length == 0) {
      throw new StorageException(Status.INVALID, "empty target");
    }
    for (byte b : target) {
      if (b == 0) {
        throw new StorageException(Status.INVALID, "NUL in target");
      }
    }
    if (target.length > tree.limits().symlinkBytesMax()) {
      throw new StorageException(Status.NAME_TOO_LONG);
    }
    return make(
        caller,
        directory,
        name,
        changes.withoutSize(),
        0777,
        Flags.S_IFLNK,
        (dirFd, bytes, _) -> NameCalls.symlinkat(target, dirFd, bytes));
  }

  public Made makeNode(
      Caller caller,
      Handle directory,
      Name name,
      FileType type,
      DeviceNumber device,
      AttributeChanges changes)
      throws StorageException {
    int format =
        switch (type) {
          case BLOCK_DEVICE -> Flags.S_IFBLK;
          case CHARACTER_DEVICE -> Flags.S_IFCHR;
          case FIFO -> Flags.S_IFIFO;
          case SOCKET -> Flags.S_IFSOCK;
          default -> throw new StorageException(Status.INVALID);
        };
    if (type.isDevice()) {
      if (!tree.features().contains(Feature.DEVICE_NODES)) {
        throw new StorageException(Status.NOT_SUPPORTED);
      }
      if (!caller.isSuperuser()) {
        throw new StorageException(Status.PERMISSION);
      }
    }
    long number = type.isDevice() ? kernelDevice(device) : 0;
    return make(
        caller,
        directory,
        name,
        changes.withoutSize(),
        0600,
        format,
        (dirFd, bytes, mode) -> NameCalls.mknodat(dirFd, bytes, format | mode, number));
  }

  /**
   * Returns the dev_t of libc. The kernel stores 12 bits of the major and 20 bits of the minor
   * number.
   */
  private static long kernelDevice(DeviceNumber device) throws StorageException {
    long major = device.major();
    long minor = device.minor();
    if (major >= 1 << 12 || minor >= 1 << 20) {
      throw new StorageException(Status.RANGE, "device " + device);
    }
    return (minor & 0xff) | (major << 8) | ((minor & ~0xffL) << 12);
  }

  private interface Maker {
    int make(int dirFd, byte[] name, int mode);
  }

  private Made make(
      Caller caller,
      Handle directory,
      Name name,
      AttributeChanges changes,
      int defaultMode,
      int format,
      Maker maker)
      throws StorageException {
    try (Node dir = tree.openDirectory(directory)) {
      tree.permissions().checkSearch(caller, dir);
      byte[] bytes = name.toByteArray();
      if (tree.permissions().enforcedHere()) {
        checkFree(caller, dir, bytes);
        tree.permissions().checkModify(caller, dir);
      }
      boolean makesDirectory = format == Flags.S_IFDIR;
      Initial initial =
          Initial.of(tree.permissions(), caller, dir, changes, defaultMode, makesDirectory);
      long before = tree.changing(dir);
      ErrnoStatus.check(
          tree.permissions().as(caller, () -> maker.make(dir.fd(), bytes, initial.mode() & 01777)));
      try (Node made = openCreated(caller, dir, bytes, format)) {
        tree.permissions().as(caller, () -> initialize(dir, bytes, made, initial));
        if (makesDirectory) {
          tree.sync(made);
        }
        tree.sync(dir);
        return new Made(
            made.handle(), tree.attributesNow(made.fd()), tree.changeSince(dir, before));
      }
    }
  }

  /** Sets the attributes of a new object, or removes it on failure. */
  private boolean initialize(Node dir, byte[] name, Node made, Initial initial)
      throws StorageException {
    try {
      initial.apply(made.fd(), made.statx().format() != Flags.S_IFLNK);
      return true;
    } catch (StorageException e) {
      boolean directory = made.statx().isDirectory();
      NameCalls.unlinkat(dir.fd(), name, directory ? Flags.AT_REMOVEDIR : 0);
      tree.changed(dir.changeKey());
      throw e;
    }
  }

  /**
   * Checks that a name does not exist. As in the kernel, EXISTS takes precedence over missing write
   * permission.
   */
  private void checkFree(Caller caller, Node dir, byte[] name) throws StorageException {
    int errno =
        tree.permissions().as(caller, () -> AttributeCalls.statx(dir.fd(), name, 0).errno());
    if (errno == 0) {
      throw new StorageException(Status.EXISTS);
    }
  }

  /**
   * Opens a new object, if no other process has replaced it. A replacement that the caller owns is
   * acceptable, because the caller could apply the following changes to it anyway.
   */
  private Node openCreated(Caller caller, Node dir, byte[] name, int format)
      throws StorageException {
    Node made = tree.openEntry(dir, name);
    boolean owned = made.statx().uid() == tree.permissions().ownerFor(caller);
    if (made.statx().format() != format || !owned) {
      made.close();
      throw new StorageException(Status.TRY_LATER, "replaced while it was made");
    }
    return made;
  }

  public ChangeInfo link(Caller caller, Handle existing, Handle directory, Name name)
      throws StorageException {
    try (Node object = tree.open(existing);
        Node dir = tree.openDirectory(directory)) {
      if (object.statx().isDirectory()) {
        throw new StorageException(Status.IS_DIRECTORY);
      }
      byte[] bytes = name.toByteArray();
      tree.permissions().checkSearch(caller, dir);
      checkFree(caller, dir, bytes);
      tree.permissions().checkModify(caller, dir);
      tree.handles().naming(object, dir, bytes);
      long before = tree.changing(dir);
      tree.changing(object);
      int result = tree.permissions().as(caller, () -> linkAs(object, dir, bytes));
      if (result < 0) {
        tree.handles().unnamed(object, dir, bytes, false);
        throw result == -Errno.ENOENT
            ? new StorageException(Status.STALE)
            : ErrnoStatus.of(-result);
      }
      tree.changed(object.changeKey());
      tree.sync(dir);
      return tree.changeSince(dir, before);
    }
  }

  /**
   * Creates a hard link with the identity of the caller. With fs.protected_hardlinks the kernel
   * denies local users a link to a file that they neither own nor may read and write. This setting
   * protects local programs; it is not a rule of POSIX or of the export, and knfsd does not apply
   * it either. The kernel exempts owners, so the call is made as one. The same system call still
   * checks the permissions of the directories.
   */
  private int linkAs(Node object, Node dir, byte[] name) throws StorageException {
    int result = NameCalls.link(object.fd(), dir.fd(), name);
    return result == -Errno.EPERM
        ? tree.permissions().asOwner(() -> NameCalls.link(object.fd(), dir.fd(), name))
        : result;
  }

  public ChangeInfo remove(Caller caller, Handle directory, Name name, RemoveKind kind)
      throws StorageException {
    try (Node dir = tree.openDirectory(directory)) {
      tree.permissions().checkSearch(caller, dir);
      byte[] bytes = name.toByteArray();
      try (Node entry = openRemovable(caller, dir, bytes)) {
        boolean isDirectory = entry.statx().isDirectory();
        if (kind == RemoveKind.DIRECTORY && !isDirectory) {
          throw new StorageException(Status.NOT_DIRECTORY);
        }
        if (kind == RemoveKind.NON_DIRECTORY && isDirectory) {
          throw new StorageException(Status.IS_DIRECTORY);
        }
        tree.permissions().checkModify(caller, dir);
        tree.permissions().checkSticky(caller, dir, entry.statx());
        long before = tree.changing(dir);
        tree.changing(entry);
        int flags = isDirectory ? Flags.AT_REMOVEDIR : 0;
        int result =
            tree.permissions().as(caller, () -> NameCalls.unlinkat(dir.fd(), bytes, flags));
        // ext4 and others return EEXIST for a directory with entries.
        ErrnoStatus.check(result == -Errno.EEXIST ? -Errno.ENOTEMPTY : result);
        lostName(entry, dir, bytes);
        tree.sync(dir);
        return tree.changeSince(dir, before);
      }
    }
  }

  private Node openRemovable(Caller caller, Node dir, byte[] name) throws StorageException {
    try {
      return tree.openEntry(caller, dir, name);
    } catch (StorageException e) {
      if (e.status() == Status.ACCESS && isMountPoint(dir, name)) {
        throw new StorageException(Status.BUSY, "a mount point");
      }
      throw e;
    }
  }

  private static boolean isMountPoint(Node dir, byte[] name) {
    int fd = Node.openEntry(dir.fd(), name);
    if (fd >= 0) {
      OpenCalls.close(fd);
    }
    return fd == -Errno.EXDEV;
  }

  private void lostName(Node object, Node dir, byte[] name) throws StorageException {
    tree.changed(object.changeKey());
    AttributeCalls.StatxResult now = AttributeCalls.statx(object.fd());
    boolean last = object.statx().isDirectory() || now.statx().links() == 0;
    tree.handles().unnamed(object, dir, name, last);
  }

  public Renamed rename(
      Caller caller, Handle fromDirectory, Name fromName, Handle toDirectory, Name toName)
      throws StorageException {
    try (Node fromDir = tree.openDirectory(fromDirectory);
        Node toDir = tree.openDirectory(toDirectory)) {
      tree.permissions().checkSearch(caller, fromDir);
      tree.permissions().checkSearch(caller, toDir);
      try (Node object = openRemovable(caller, fromDir, fromName.toByteArray());
          Target target = openTarget(caller, toDir, toName.toByteArray())) {
        if (target.node != null && target.node.handle().equals(object.handle())) {
          return unchanged(fromDir, toDir);
        }
        checkRename(caller, fromDir, toDir, object, target.node);
        return rename(caller, new Move(fromDir, fromName, toDir, toName, object, target.node));
      }
    }
  }

  /** The object that a rename would replace, or none. */
  private record Target(@Nullable Node node) implements AutoCloseable {
    @Override
    public void close() {
      if (node != null) {
        node.close();
      }
    }
  }

  private Target openTarget(Caller caller, Node dir, byte[] name) throws StorageException {
    try {
      return new Target(openRemovable(caller, dir, name));
    } catch (StorageException e) {
      if (e.status() == Status.NOT_FOUND) {
        return new Target(null);
      }
      throw e;
    }
  }

  private Renamed unchanged(Node fromDir, Node toDir) {
    long source = tree.change(fromDir.statx());
    long target = tree.change(toDir.statx());
    return new Renamed(
        new ChangeInfo(source, source, false), new ChangeInfo(target, target, false));
  }

  private void checkRename(
      Caller caller, Node fromDir, Node toDir, Node object, @Nullable Node target)
      throws StorageException {
    CallerPermissions permissions = tree.permissions();
    permissions.checkModify(caller, fromDir);
    permissions.checkModify(caller, toDir);
    permissions.checkSticky(caller, fromDir, object.statx());
    if (target != null) {
      permissions.checkSticky(caller, toDir, target.statx());
      boolean directory = object.statx().isDirectory();
      if (directory != target.statx().isDirectory()) {
        throw new StorageException(directory ? Status.NOT_DIRECTORY : Status.IS_DIRECTORY);
      }
    }
    // The move also changes the ".." entry of the directory.
    boolean moves = !fromDir.handle().equals(toDir.handle());
    if (permissions.enforcedHere() && moves && object.statx().isDirectory()) {
      permissions.check(caller, object, CallerPermissions.WRITE);
    }
  }

  private record Move(
      Node fromDir, Name from, Node toDir, Name to, Node object, @Nullable Node target) {}

  private Renamed rename(Caller caller, Move move) throws StorageException {
    byte[] from = move.from.toByteArray();
    byte[] to = move.to.toByteArray();
    tree.handles().naming(move.object, move.toDir, to);
    long fromBefore = tree.changing(move.fromDir);
    long toBefore = tree.changing(move.toDir);
    tree.changing(move.object);
    if (move.target != null) {
      tree.changing(move.target);
    }
    int result =
        tree.permissions()
            .as(caller, () -> NameCalls.renameat2(move.fromDir.fd(), from, move.toDir.fd(), to, 0));
    if (result < 0) {
      tree.handles().unnamed(move.object, move.toDir, to, false);
      throw result == -Errno.EEXIST
          ? new StorageException(Status.NOT_EMPTY)
          : ErrnoStatus.of(-result);
    }
    tree.changed(move.object.changeKey());
    tree.handles().unnamed(move.object, move.fromDir, from, false);
    if (move.target != null) {
      lostName(move.target, move.toDir, to);
    }
    boolean same = move.fromDir.handle().equals(move.toDir.handle());
    tree.sync(move.toDir);
    if (!same) {
      tree.sync(move.fromDir);
    }
    ChangeInfo source = tree.changeSince(move.fromDir, fromBefore);
    ChangeInfo target = same ? source : tree.changeSince(move.toDir, toBefore);
    return new Renamed(source, target);
  }
}
