package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Quota;
import io.ferrynfs.storage.Space;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.TimeChange;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.DataCalls;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.NameCalls;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.call.QuotaCalls;
import io.ferrynfs.storage.linux.call.Statx;
import io.ferrynfs.storage.linux.handle.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The operations on attributes of objects and of the volume. */
public final class AttributeWork {
  private final Tree tree;

  public AttributeWork(Tree tree) {
    this.tree = tree;
  }

  public Attributes attributes(Handle handle) throws StorageException {
    try (Node node = tree.open(handle)) {
      return tree.attributes(node.fd(), node.statx());
    }
  }

  public Acls acls(Handle handle) throws StorageException {
    try (Node node = tree.open(handle)) {
      checkAcls(node);
      return AclLists.of(node.fd(), node.statx());
    }
  }

  private void checkAcls(Node node) throws StorageException {
    if (!tree.features().contains(Feature.ACLS) || node.statx().format() == Flags.S_IFLNK) {
      throw new StorageException(Status.NOT_SUPPORTED);
    }
  }

  public Space space(Caller caller) throws StorageException {
    AttributeCalls.Space space = AttributeCalls.statvfs(tree.rootFd());
    if (space == null) {
      throw new StorageException(Status.IO);
    }
    boolean all = tree.permissions().enforced() && caller.isSuperuser();
    return new Space(
        space.totalBytes(),
        space.freeBytes(),
        all ? space.freeBytes() : space.availableBytes(),
        space.files(),
        space.filesFree(),
        all ? space.filesFree() : space.filesAvailable());
  }

  /**
   * The kernel reports all quotas to a superuser process, so this method checks which of them the
   * caller may see. A quota that the kernel does not report is no limit.
   */
  public Quota quota(Caller caller, Handle handle) throws StorageException {
    if (!tree.features().contains(Feature.QUOTAS)) {
      throw new StorageException(Status.NOT_SUPPORTED);
    }
    boolean all = !tree.permissions().enforced();
    List<Quota.Account> visible = new ArrayList<>();
    try (Node node = tree.open(handle)) {
      Statx statx = node.statx();
      if (all || Quota.mayReadUserQuota(caller, statx.uid())) {
        addVisible(visible, QuotaCalls.get(node.fd(), QuotaCalls.Kind.USER, statx.uid()));
      }
      if (all || Quota.mayReadGroupQuota(caller, statx.gid())) {
        addVisible(visible, QuotaCalls.get(node.fd(), QuotaCalls.Kind.GROUP, statx.gid()));
      }
    }
    return Quota.of(space(caller), visible);
  }

  private static void addVisible(List<Quota.Account> visible, QuotaCalls.Answer answer) {
    if (answer.account() != null) {
      visible.add(answer.account());
    } else if (answer.errno() == Errno.ENOENT) {
      visible.add(new Quota.Account(0, 0, 0));
    }
  }

  public byte[] readLink(Handle handle) throws StorageException {
    try (Node node = tree.open(handle)) {
      if (node.statx().format() != Flags.S_IFLNK) {
        throw new StorageException(Status.WRONG_TYPE);
      }
      return NameCalls.readlink(node.fd()).get();
    }
  }

  public Set<AccessRight> access(Caller caller, Handle handle, Set<AccessRight> wanted)
      throws StorageException {
    EnumSet<AccessRight> granted = EnumSet.noneOf(AccessRight.class);
    try (Node node = tree.open(handle)) {
      int bits = grantedBits(caller, node, wanted);
      for (AccessRight right : wanted) {
        int bit = bit(right, node.statx());
        if (bit != 0 && (bits & bit) == bit) {
          granted.add(right);
        }
      }
    }
    return granted;
  }

  /** Checks all wanted bits with one call first, because usually all of them are granted. */
  private int grantedBits(Caller caller, Node node, Set<AccessRight> wanted)
      throws StorageException {
    int all = 0;
    for (AccessRight right : wanted) {
      all |= bit(right, node.statx());
    }
    if (all == 0 || tree.permissions().allows(caller, node, all)) {
      return all;
    }
    int granted = 0;
    for (int bit = CallerPermissions.EXECUTE;
        bit <= CallerPermissions.READ && bit < all;
        bit <<= 1) {
      if ((all & bit) != 0 && all != bit && tree.permissions().allows(caller, node, bit)) {
        granted |= bit;
      }
    }
    return granted;
  }

  /** Returns the permission bit that a right needs; 0 if the right does not apply to the type. */
  private int bit(AccessRight right, Statx statx) {
    boolean directory = statx.isDirectory();
    boolean xattrs = tree.features().contains(Feature.XATTRS);
    boolean takesXattrs = xattrs && (directory || statx.isRegular());
    return switch (right) {
      case READ -> CallerPermissions.READ;
      case LOOKUP -> directory ? CallerPermissions.EXECUTE : 0;
      case MODIFY, EXTEND ->
          directory ? CallerPermissions.WRITE | CallerPermissions.EXECUTE : CallerPermissions.WRITE;
      case DELETE -> directory ? CallerPermissions.WRITE | CallerPermissions.EXECUTE : 0;
      case EXECUTE -> directory ? 0 : CallerPermissions.EXECUTE;
      case XATTR_READ, XATTR_LIST -> xattrs ? CallerPermissions.READ : 0;
      case XATTR_WRITE -> takesXattrs ? CallerPermissions.WRITE : 0;
    };
  }

  public void setAttributes(
      Caller caller, Handle handle, AttributeChanges wanted, @Nullable OpenFile file)
      throws StorageException {
    try (Node node = tree.open(handle)) {
      boolean isSymlink = node.statx().format() == Flags.S_IFLNK;
      AttributeChanges changes = isSymlink ? wanted.withoutMode() : wanted;
      if (changes.isEmpty()) {
        return;
      }
      checkSize(node, changes);
      tree.permissions().checkChanges(caller, node, changes);
      if (changes.acls() != null) {
        checkAcls(node);
      }
      int sizeFd = -1;
      try {
        if (changes.size() != null) {
          sizeFd = openForSize(caller, node, file);
        }
        tree.changing(node);
        try {
          setAs(caller, node, changes, sizeFd);
        } finally {
          tree.changed(node.changeKey());
        }
      } finally {
        if (sizeFd >= 0) {
          OpenCalls.close(sizeFd);
        }
      }
      tree.sync(node);
    }
  }

  private static void checkSize(Node node, AttributeChanges changes) throws StorageException {
    Long size = changes.size();
    if (size == null) {
      return;
    }
    if (node.statx().isDirectory()) {
      throw new StorageException(Status.IS_DIRECTORY);
    }
    if (node.statx().format() == Flags.S_IFLNK) {
      throw new StorageException(Status.SYMLINK);
    }
    if (!node.statx().isRegular() || size < 0) {
      throw new StorageException(Status.INVALID);
    }
  }

  /**
   * Returns a new descriptor for setting the size: a duplicate of the open file's, or one that the
   * mode bits permit.
   */
  private int openForSize(Caller caller, Node node, @Nullable OpenFile file)
      throws StorageException {
    if (file != null) {
      if (!(file.undecorated() instanceof LinuxFile ownFile)
          || !ownFile.handle().equals(node.handle())) {
        throw new StorageException(Status.INVALID, "an open of another file");
      }
      if (!file.access().writes()) {
        throw new StorageException(Status.ACCESS);
      }
      return ownFile.duplicateDescriptor();
    }
    if (tree.permissions().enforcedHere()) {
      tree.permissions().check(caller, node, CallerPermissions.WRITE);
    }
    return tree.permissions().as(caller, () -> node.reopen(Flags.O_WRONLY | Flags.O_NONBLOCK));
  }

  private void setAs(Caller caller, Node node, AttributeChanges changes, int sizeFd)
      throws StorageException {
    CallerPermissions permissions = tree.permissions();
    permissions.as(
        caller,
        () -> {
          set(caller, node, changes, sizeFd);
          return true;
        });
    // With write permission utimensat(2) sets both times to the current time; setting only one of
    // them requires the owner.
    boolean touches = isNowOrUnset(changes.atime()) && isNowOrUnset(changes.mtime());
    boolean byProcess = touches && !permissions.actsAsOwner(caller, node.statx());
    permissions.as(
        byProcess ? Caller.SUPERUSER : caller,
        () -> {
          setTimes(node.fd(), changes);
          return true;
        });
  }

  private static boolean isNowOrUnset(@Nullable TimeChange change) {
    return change == null || change instanceof TimeChange.Now;
  }

  /**
   * Applies the changes that are most likely to fail first, so that a failure leaves no partial
   * change. The mode follows the owner because chown(2) clears the set-id bits. The times come last
   * because a truncation sets them.
   */
  private void set(Caller caller, Node node, AttributeChanges changes, int sizeFd)
      throws StorageException {
    int fd = node.fd();
    Long uid = changes.uid();
    Long gid = changes.gid();
    if (uid != null || gid != null) {
      ErrnoStatus.check(
          AttributeCalls.chown(
              fd, uid == null ? -1 : uid.intValue(), gid == null ? -1 : gid.intValue()));
    }
    Acls acls = changes.acls();
    if (acls != null) {
      AclLists.set(fd, node.statx(), acls);
    }
    // After the ACLs, because the mode may restrict them (RFC 8881 section 6.4.1.3).
    Integer mode = changes.mode();
    if (mode != null) {
      int group = gid == null ? node.statx().gid() : gid.intValue();
      int permitted =
          tree.permissions().permittedMode(caller, mode, group, node.statx().isDirectory());
      ErrnoStatus.check(AttributeCalls.chmod(fd, permitted));
    }
    Long size = changes.size();
    if (size != null) {
      ErrnoStatus.check(DataCalls.ftruncate(sizeFd, size));
      if (mode == null && tree.permissions().enforcedHere() && !caller.isSuperuser()) {
        clearSetId(fd);
      }
    }
  }

  /**
   * Clears the set-id bits as the kernel does on a write by an ordinary user, but not by the
   * superuser.
   */
  public static void clearSetId(int fd) throws StorageException {
    int mode = Node.statxOf(fd).mode();
    int clear = mode & 04000;
    if ((mode & 02010) == 02010) {
      clear |= 02000;
    }
    if (clear != 0) {
      ErrnoStatus.check(AttributeCalls.chmod(fd, mode & 07777 & ~clear));
    }
  }

  /** Sets the requested times, rounded to the resolution of the filesystem. */
  public static void setTimes(int fd, AttributeChanges changes) throws StorageException {
    TimeChange atime = changes.atime();
    TimeChange mtime = changes.mtime();
    if (atime != null || mtime != null) {
      KernelTime accessed = KernelTime.of(atime);
      KernelTime modified = KernelTime.of(mtime);
      ErrnoStatus.check(
          AttributeCalls.utimens(
              fd, accessed.seconds, accessed.nanos, modified.seconds, modified.nanos));
    }
  }

  /** A timespec for utimensat(2). */
  private record KernelTime(long seconds, long nanos) {
    static KernelTime of(@Nullable TimeChange change) {
      return switch (change) {
        case null -> new KernelTime(0, Flags.UTIME_OMIT);
        case TimeChange.Now() -> new KernelTime(0, Flags.UTIME_NOW);
        case TimeChange.At(Instant time) -> new KernelTime(time.getEpochSecond(), time.getNano());
      };
    }
  }
}
