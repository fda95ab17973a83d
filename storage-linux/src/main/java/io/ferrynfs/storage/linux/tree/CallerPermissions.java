package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.PosixAcl;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.TimeChange;
import io.ferrynfs.storage.linux.CallerRules;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Statx;
import io.ferrynfs.storage.linux.handle.Node;
import org.jspecify.annotations.Nullable;

/**
 * The permissions of callers, according to {@link CallerRules}.
 *
 * <p>A superuser process makes the calls with the identity of the caller ({@link Actor}), and the
 * kernel checks them. A process of an ordinary user makes all calls as that user, and the kernel
 * checks them as well.
 *
 * <p>A superuser process that may not change its identity can do everything. In that case this
 * class applies the POSIX rules for owner, group and others to the attributes that the object had
 * when the call found it. If the object has an ACL, the ACL decides ({@link PosixAcl#allows}).
 */
public final class CallerPermissions {
  public static final int READ = 4;
  public static final int WRITE = 2;
  public static final int EXECUTE = 1;
  private static final long ID_NONE = 0xffff_ffffL;

  private final CallerRules rules;
  private final @Nullable Actor actor;
  private final int processUid = AttributeCalls.effectiveUid();
  private final int processGid = AttributeCalls.effectiveGid();

  private CallerPermissions(CallerRules rules, @Nullable Actor actor) {
    this.rules = rules;
    this.actor = actor;
  }

  /** Returns the most precise rules that this process can enforce. */
  public static CallerPermissions best() {
    return AttributeCalls.effectiveUid() == 0 ? ofSuperuser(Actor.createIfPermitted()) : ofUser();
  }

  /** Returns the rules of a superuser process, with or without an actor. */
  public static CallerPermissions ofSuperuser(@Nullable Actor actor) {
    return new CallerPermissions(actor == null ? CallerRules.MODE_BITS : CallerRules.KERNEL, actor);
  }

  private static CallerPermissions ofUser() {
    return new CallerPermissions(CallerRules.SERVER_USER, null);
  }

  public CallerRules rules() {
    return rules;
  }

  /** Returns whether callers have different permissions. */
  public boolean enforced() {
    return rules != CallerRules.SERVER_USER;
  }

  /** Returns whether this class, and not the kernel, enforces the rules. */
  public boolean enforcedHere() {
    return rules == CallerRules.MODE_BITS;
  }

  /** Makes a call with the identity of a caller if possible, and as the process otherwise. */
  public <T> T as(Caller caller, Actor.Call<T> call) throws StorageException {
    if (actor == null) {
      return call.run();
    }
    checkId(caller.uid());
    checkId(caller.gid());
    return actor.as(caller, call);
  }

  /** Makes a call with the privileges of the owner, within {@link #as}. */
  public <T> T asOwner(Actor.Call<T> call) throws StorageException {
    return actor == null ? call.run() : Actor.asOwner(call);
  }

  /** Returns the owner of a new object of this caller. */
  public int ownerFor(Caller caller) {
    return actor == null ? processUid : (int) caller.uid();
  }

  /** Returns the group of a new object of this caller, unless the directory determines it. */
  public int groupFor(Caller caller) {
    return actor == null ? processGid : (int) caller.gid();
  }

  /**
   * Checks that the caller has all the bits (4 read, 2 write, 1 execute). Fails with ACCESS, or
   * with another error of the kernel.
   */
  public void check(Caller caller, Node node, int wanted) throws StorageException {
    if (actor != null) {
      ErrnoStatus.check(as(caller, () -> AttributeCalls.accessNow(node.fd(), wanted)));
    } else if (!allows(caller, node, wanted)) {
      throw new StorageException(Status.ACCESS);
    }
  }

  /** Returns whether the caller has all the bits. */
  public boolean allows(Caller caller, Node node, int wanted) throws StorageException {
    if (actor != null) {
      return as(caller, () -> AttributeCalls.accessNow(node.fd(), wanted)) == 0;
    }
    if (!enforced()) {
      return AttributeCalls.access(node.fd(), wanted) == 0;
    }
    Statx statx = node.statx();
    if (caller.isSuperuser()) {
      // The superuser may execute a file only if at least one execute bit is set.
      return (wanted & EXECUTE) == 0 || statx.isDirectory() || (statx.mode() & 0111) != 0;
    }
    if (owns(caller, statx)) {
      return (statx.mode() >> 6 & wanted) == wanted;
    }
    PosixAcl acl = AclLists.access(node.fd());
    return (acl == null ? PosixAcl.ofMode(statx.mode()) : acl)
        .allows(
            caller,
            Integer.toUnsignedLong(statx.uid()),
            Integer.toUnsignedLong(statx.gid()),
            wanted);
  }

  /** Returns whether the caller is the owner. */
  public boolean owns(Caller caller, Statx statx) {
    return caller.uid() == Integer.toUnsignedLong(statx.uid());
  }

  /** Returns whether the caller is the owner or the superuser; always true without enforcement. */
  public boolean actsAsOwner(Caller caller, Statx statx) {
    return !enforced() || caller.isSuperuser() || owns(caller, statx);
  }

  /** Fails with PERMISSION unless the caller is the owner or the superuser. */
  public void checkOwner(Caller caller, Statx statx) throws StorageException {
    if (!actsAsOwner(caller, statx)) {
      throw new StorageException(Status.PERMISSION);
    }
  }

  /**
   * Checks the permission to search a directory, if the kernel does not do so in the system call.
   */
  public void checkSearch(Caller caller, Node directory) throws StorageException {
    if (enforcedHere()) {
      check(caller, directory, EXECUTE);
    }
  }

  /** Checks the permission to add and remove names of a directory. */
  public void checkModify(Caller caller, Node directory) throws StorageException {
    if (enforcedHere()) {
      check(caller, directory, WRITE | EXECUTE);
    }
  }

  /**
   * Checks the sticky bit: only the owner of the entry or of the directory may remove the entry.
   */
  public void checkSticky(Caller caller, Node directory, Statx entry) throws StorageException {
    if (enforcedHere()
        && (directory.statx().mode() & 01000) != 0
        && !caller.isSuperuser()
        && !owns(caller, entry)
        && !owns(caller, directory.statx())) {
      throw new StorageException(Status.PERMISSION);
    }
  }

  /**
   * Checks the rules of {@link io.ferrynfs.storage.Volume#setAttributes} for all attributes but the
   * size. It does so even if the kernel checks each change, so that a denied change fails before
   * another one is applied.
   */
  public void checkChanges(Caller caller, Node node, AttributeChanges changes)
      throws StorageException {
    checkId(changes.uid());
    checkId(changes.gid());
    if (!enforced() || caller.isSuperuser()) {
      return;
    }
    Statx statx = node.statx();
    boolean forOwner =
        changes.mode() != null
            || changes.acls() != null
            || changes.uid() != null
            || changes.gid() != null
            || isFixed(changes.atime())
            || isFixed(changes.mtime());
    if (forOwner) {
      checkOwner(caller, statx);
    } else if ((changes.atime() != null || changes.mtime() != null) && !owns(caller, statx)) {
      check(caller, node, WRITE);
    }
    Long uid = changes.uid();
    if (uid != null && uid != Integer.toUnsignedLong(statx.uid())) {
      throw new StorageException(Status.PERMISSION);
    }
    Long gid = changes.gid();
    if (gid != null && gid != Integer.toUnsignedLong(statx.gid()) && !caller.isInGroup(gid)) {
      throw new StorageException(Status.PERMISSION);
    }
  }

  /**
   * Fails with INVALID for the id -1, which chown(2) interprets as "keep the owner". An object of
   * such a user would remain the server's own, with the set-user-id bit that the caller may
   * request.
   */
  public static void checkId(@Nullable Long id) throws StorageException {
    if (id != null && id == ID_NONE) {
      throw new StorageException(Status.INVALID, "id " + id);
    }
  }

  private static boolean isFixed(@Nullable TimeChange change) {
    return change instanceof TimeChange.At;
  }

  /**
   * Returns the mode that a caller may set: the set-group-id bit requires membership of the group.
   */
  public int permittedMode(Caller caller, int mode, int gid, boolean directory) {
    if (!enforcedHere()
        || directory
        || caller.isSuperuser()
        || caller.isInGroup(Integer.toUnsignedLong(gid))) {
      return mode;
    }
    return mode & ~02000;
  }
}
