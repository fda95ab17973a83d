package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.DataCalls;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.NameCalls;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.call.Statx;
import io.ferrynfs.storage.linux.handle.Node;
import io.ferrynfs.storage.linux.handle.ObjectId;
import io.ferrynfs.storage.linux.handle.SipHash;
import org.jspecify.annotations.Nullable;

/**
 * The opening and creation of regular files.
 *
 * <p>A new file is created without a name (O_TMPFILE), gets all its attributes, and then its name
 * by link(2), which fails if the name exists. No process can see an incomplete file, and a failure
 * leaves none. If open(2) with O_EXCL alone would create the file with the right attributes, one
 * call does it.
 *
 * <p>The verifier of an exclusive creation is stored in the modification time of the empty file, so
 * it survives a restart: a hash of 31 bits of seconds and as many nanoseconds as the filesystem
 * stores. Writing to the file and setting its times overwrite the verifier, as permitted. Reading
 * does not, in contrast to servers that store one half in the access time.
 */
public final class Creation {
  /** The key of the hash of verifiers. It must never change. */
  private static final long VERIFIER_K0 = 0x7665726966696572L;

  private static final long VERIFIER_K1 = 0x6578636c75736976L;

  /** Bounds the retries if other processes create and remove the name repeatedly. */
  private static final int ATTEMPTS_MAX = 16;

  private static final byte[] HERE = {'.'};

  private final Tree tree;
  private final int umask;
  private volatile boolean tmpfiles = true;

  public Creation(Tree tree, int umask) {
    this.tree = tree;
    this.umask = umask;
  }

  public OpenFile open(Caller caller, Handle handle, OpenAccess access) throws StorageException {
    try (Node node = tree.open(handle)) {
      return open(caller, caller, node.asRegular(), access);
    }
  }

  private LinuxFile open(Caller allowed, Caller caller, Node node, OpenAccess access)
      throws StorageException {
    int fd = descriptor(allowed, node, access);
    try {
      return file(caller, fd, node.handle(), node.statx(), access);
    } catch (StorageException e) {
      OpenCalls.close(fd);
      throw e;
    }
  }

  /**
   * Opens a file with the identity of the caller, or as the process if the caller may execute but
   * not read it.
   */
  private int descriptor(Caller caller, Node node, OpenAccess access) throws StorageException {
    CallerPermissions permissions = tree.permissions();
    int flags = Flags.O_NONBLOCK | Flags.O_NOCTTY | flags(access);
    if (permissions.enforcedHere()) {
      checkBits(caller, node, access);
      return node.reopen(flags);
    }
    try {
      return permissions.as(caller, () -> node.reopen(flags));
    } catch (StorageException e) {
      boolean mayNot = e.status() != Status.ACCESS || !access.reads();
      if (mayNot
          || !permissions.enforced()
          || permissions.allows(caller, node, CallerPermissions.READ)) {
        throw e;
      }
      checkBits(caller, node, access);
      return node.reopen(flags);
    }
  }

  private static int flags(OpenAccess access) {
    return switch (access) {
      case READ -> Flags.O_RDONLY;
      case WRITE -> Flags.O_WRONLY;
      case READ_WRITE -> Flags.O_RDWR;
    };
  }

  private void checkBits(Caller caller, Node node, OpenAccess access) throws StorageException {
    if (access.reads() && !tree.permissions().allows(caller, node, CallerPermissions.READ)) {
      tree.permissions().check(caller, node, CallerPermissions.EXECUTE);
    }
    if (access.writes()) {
      tree.permissions().check(caller, node, CallerPermissions.WRITE);
    }
  }

  private LinuxFile file(Caller caller, int fd, Handle handle, Statx statx, OpenAccess access)
      throws StorageException {
    return LinuxFile.open(tree, fd, handle, Node.changeKey(statx), access, caller);
  }

  public Created create(
      Caller caller,
      Handle directory,
      Name name,
      CreateMode mode,
      AttributeChanges initial,
      OpenAccess access)
      throws StorageException {
    boolean exclusive = mode instanceof CreateMode.Exclusive;
    if (exclusive && (initial.atime() != null || initial.mtime() != null)) {
      throw new StorageException(Status.INVALID, "times in an exclusive creation");
    }
    Long size = initial.size();
    if (size != null && size < 0) {
      throw new StorageException(Status.INVALID);
    }
    byte[] bytes = name.toByteArray();
    try (Node dir = tree.openDirectory(directory)) {
      tree.permissions().checkSearch(caller, dir);
      for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        int found = tree.permissions().as(caller, () -> Node.openEntry(dir.fd(), bytes));
        if (found != -Errno.ENOENT) {
          try (Node node = tree.adopt(ErrnoStatus.checkEntry(found), dir, bytes)) {
            return found(caller, dir, node, mode, initial, access);
          }
        }
        Created created = make(caller, dir, bytes, mode, initial, access);
        if (created != null) {
          return created;
        }
      }
      throw new StorageException(Status.TRY_LATER);
    }
  }

  private Created found(
      Caller caller,
      Node dir,
      Node node,
      CreateMode mode,
      AttributeChanges initial,
      OpenAccess access)
      throws StorageException {
    boolean retry =
        mode instanceof CreateMode.Exclusive(long verifier)
            && node.statx().isRegular()
            && tree.permissions().actsAsOwner(caller, node.statx())
            && isVerifier(verifier, node.statx().modified());
    if (!retry && !(mode instanceof CreateMode.Unchecked)) {
      throw new StorageException(Status.EXISTS);
    }
    node.asRegular();
    // The creator may open the file for any access. The verifier identifies a retry of the creator,
    // but with coarse times another user could guess it, so the caller must own the file as well.
    LinuxFile file = open(retry ? Caller.SUPERUSER : caller, caller, node, access);
    try {
      Long size = initial.size();
      if (!retry && size != null && size == 0 && node.statx().sizeBytes() > 0) {
        new AttributeWork(tree)
            .setAttributes(caller, node.handle(), AttributeChanges.ofSize(0), file);
      }
      long change = tree.change(dir.statx());
      return new Created(
          node.handle(),
          tree.attributesNow(node.fd()),
          file,
          false,
          new ChangeInfo(change, change, false));
    } catch (StorageException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /** Creates the file; returns null if the name was created in the meantime. */
  private @Nullable Created make(
      Caller caller,
      Node dir,
      byte[] name,
      CreateMode mode,
      AttributeChanges changes,
      OpenAccess access)
      throws StorageException {
    tree.permissions().checkModify(caller, dir);
    tree.descriptors().check();
    Initial initial = Initial.of(tree.permissions(), caller, dir, changes, 0600, false);
    long before = tree.changing(dir);
    boolean plain = isPlain(caller, initial, dir, mode);
    int unnamedFd = plain ? -Errno.EOPNOTSUPP : openUnnamed(caller, dir, initial);
    boolean unnamed = unnamedFd != -Errno.EOPNOTSUPP;
    int fd = unnamed ? unnamedFd : openNamed(caller, dir, name, initial);
    if (fd == -Errno.EEXIST) {
      return null;
    }
    ErrnoStatus.check(fd);
    boolean named = !unnamed;
    try {
      if (!plain) {
        tree.permissions().as(caller, () -> initialize(fd, initial, mode));
      }
      Statx statx = Node.statxOf(fd);
      Handle handle = tree.handles().handleOf(fd, statx, dir, name);
      if (unnamed) {
        int linked = tree.permissions().as(caller, () -> NameCalls.link(fd, dir.fd(), name));
        if (linked == -Errno.EEXIST) {
          OpenCalls.close(fd);
          return null;
        }
        ErrnoStatus.check(linked);
        named = true;
      }
      tree.sync(dir);
      return created(caller, dir, before, fd, handle, statx, access);
    } catch (StorageException | RuntimeException | Error e) {
      if (named) {
        tree.permissions().as(caller, () -> NameCalls.unlinkat(dir.fd(), name, 0));
        tree.changed(dir.changeKey());
      }
      OpenCalls.close(fd);
      throw e;
    }
  }

  private Created created(
      Caller caller, Node dir, long before, int fd, Handle handle, Statx statx, OpenAccess access)
      throws StorageException {
    ChangeInfo change = tree.changeSince(dir, before);
    var attributes = tree.attributesNow(fd);
    return new Created(handle, attributes, file(caller, fd, handle, statx, access), true, change);
  }

  /** Returns whether open(2) alone creates the file with the requested attributes. */
  private boolean isPlain(Caller caller, Initial initial, Node dir, CreateMode mode) {
    AttributeChanges changes = initial.changes();
    Long size = changes.size();
    CallerPermissions permissions = tree.permissions();
    boolean inheritsGroup = (dir.statx().mode() & 02000) != 0;
    int defaultGid = inheritsGroup ? dir.statx().gid() : permissions.groupFor(caller);
    // A default ACL replaces the umask.
    int notByOpen = initial.inherits() ? 07000 : umask | 07000;
    return !(mode instanceof CreateMode.Exclusive)
        && (initial.uid() == -1 || initial.uid() == permissions.ownerFor(caller))
        && (initial.gid() == -1 || initial.gid() == defaultGid)
        && (initial.mode() & notByOpen) == 0
        && (size == null || size == 0)
        && changes.atime() == null
        && changes.mtime() == null
        && changes.acls() == null;
  }

  private int openNamed(Caller caller, Node dir, byte[] name, Initial initial)
      throws StorageException {
    int flags = Flags.O_RDWR | Flags.O_CREAT | Flags.O_EXCL | Flags.O_NOFOLLOW;
    int mode = initial.mode() & 0777;
    return tree.permissions().as(caller, () -> OpenCalls.openat(dir.fd(), name, flags, mode));
  }

  private int openUnnamed(Caller caller, Node dir, Initial initial) throws StorageException {
    if (!tmpfiles) {
      return -Errno.EOPNOTSUPP;
    }
    int flags = Flags.O_TMPFILE | Flags.O_RDWR;
    int mode = initial.mode() & 0777;
    int fd = tree.permissions().as(caller, () -> OpenCalls.openat(dir.fd(), HERE, flags, mode));
    if (fd == -Errno.EOPNOTSUPP || fd == -Errno.EISDIR || fd == -Errno.EINVAL) {
      tmpfiles = false;
      return -Errno.EOPNOTSUPP;
    }
    return fd;
  }

  private static boolean initialize(int fd, Initial initial, CreateMode mode)
      throws StorageException {
    Long size = initial.changes().size();
    if (size != null && size > 0) {
      ErrnoStatus.check(DataCalls.ftruncate(fd, size));
    }
    initial.apply(fd, true);
    if (mode instanceof CreateMode.Exclusive(long verifier)) {
      Statx.Time time = verifierTime(verifier);
      ErrnoStatus.check(
          AttributeCalls.utimens(fd, 0, Flags.UTIME_OMIT, time.seconds(), time.nanos()));
    }
    return true;
  }

  private static Statx.Time verifierTime(long verifier) {
    byte[] bytes = new ObjectId(verifier, 0).toBytes();
    long hash = SipHash.hash(VERIFIER_K0, VERIFIER_K1, bytes, 0, 8);
    return new Statx.Time(hash >>> 33, (int) ((hash & 0x1_ffff_ffffL) % 1_000_000_000L));
  }

  /**
   * Compares the stored time with a verifier. Filesystems with coarse times store only a part of
   * the nanoseconds, or none.
   */
  private boolean isVerifier(long verifier, Statx.Time stored) {
    Statx.Time time = verifierTime(verifier);
    long unit = tree.limits().timeResolutionNanos();
    return stored.seconds() == time.seconds() && stored.nanos() / unit == time.nanos() / unit;
  }
}
