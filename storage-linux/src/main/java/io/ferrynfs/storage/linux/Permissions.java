package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.PosixAcl;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.TimeChange;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may do, as {@link CallerRules} says.
 *
 * <p>When the process is the superuser, what a caller asks for is done in his name ({@link Actor}),
 * and the kernel decides. When it is an ordinary user everything is done as that user, and the
 * kernel decides, too.
 *
 * <p>Where a process of the superuser may not be somebody else, the kernel stops it from nothing,
 * so the rules of POSIX for owner, group and others are applied here, on the attributes that the
 * object had when the call found it. Where an object has an access control list, that decides
 * ({@link PosixAcl#allows}).
 */
final class Permissions {
  static final int READ = 4;
  static final int WRITE = 2;
  static final int EXECUTE = 1;
  private static final long ID_NONE = 0xffff_ffffL;

  private final CallerRules rules;
  private final @Nullable Actor actor;
  private final int processUid = AttributeCalls.effectiveUid();
  private final int processGid = AttributeCalls.effectiveGid();

  private Permissions(CallerRules rules, @Nullable Actor actor) {
    this.rules = rules;
    this.actor = actor;
  }

  /** The best that this process can do. */
  static Permissions best() {
    return AttributeCalls.effectiveUid() == 0 ? ofSuperuser(Actor.ifAble()) : ofUser();
  }

  /** In a process of the superuser, which may be others, or not. */
  static Permissions ofSuperuser(@Nullable Actor actor) {
    return new Permissions(actor == null ? CallerRules.MODE_BITS : CallerRules.KERNEL, actor);
  }

  private static Permissions ofUser() {
    return new Permissions(CallerRules.SERVER_USER, null);
  }

  CallerRules rules() {
    return rules;
  }

  /** Whether callers are told apart. */
  boolean enforced() {
    return rules != CallerRules.SERVER_USER;
  }

  /** Whether the rules are applied by this class. */
  boolean enforcedHere() {
    return rules == CallerRules.MODE_BITS;
  }

  /** Does something in a caller's name where that is possible, otherwise as the process. */
  <T> T as(Caller caller, Actor.Call<T> call) throws StorageException {
    if (actor == null) {
      return call.run();
    }
    checkId(caller.uid());
    checkId(caller.gid());
    return actor.as(caller, call);
  }

  /** Within {@link #as}: with what the kernel lets owners do, whoever the caller is. */
  <T> T asOwner(Actor.Call<T> call) throws StorageException {
    return actor == null ? call.run() : Actor.asOwner(call);
  }

  /** The owner of what is made {@link #as} this caller. */
  int ownerFor(Caller caller) {
    return actor == null ? processUid : (int) caller.uid();
  }

  /** Its group, where the directory gives none. */
  int groupFor(Caller caller) {
    return actor == null ? processGid : (int) caller.gid();
  }

  /**
   * Fails unless the caller has all the bits (4 read, 2 write, 1 execute): with ACCESS, or with
   * what the kernel says else.
   */
  void check(Caller caller, Node node, int wanted) throws StorageException {
    if (actor != null) {
      Errors.check(as(caller, () -> AttributeCalls.accessNow(node.fd(), wanted)));
    } else if (!allows(caller, node, wanted)) {
      throw new StorageException(Status.ACCESS);
    }
  }

  /** Whether the caller has all the bits. */
  boolean allows(Caller caller, Node node, int wanted) throws StorageException {
    if (actor != null) {
      return as(caller, () -> AttributeCalls.accessNow(node.fd(), wanted)) == 0;
    }
    if (!enforced()) {
      return AttributeCalls.access(node.fd(), wanted) == 0;
    }
    Statx statx = node.statx();
    if (caller.isSuperuser()) {
      // The superuser executes a file only if somebody may.
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

  /** Whether the caller is the owner. */
  boolean owns(Caller caller, Statx statx) {
    return caller.uid() == Integer.toUnsignedLong(statx.uid());
  }

  /** Whether the caller is the owner or the superuser; without enforcement everyone is. */
  boolean actsAsOwner(Caller caller, Statx statx) {
    return !enforced() || caller.isSuperuser() || owns(caller, statx);
  }

  /** Fails with PERMISSION unless the caller is the owner or the superuser. */
  void checkOwner(Caller caller, Statx statx) throws StorageException {
    if (!actsAsOwner(caller, statx)) {
      throw new StorageException(Status.PERMISSION);
    }
  }

  /** What looking up in a directory needs. Elsewhere the kernel looks when it is done. */
  void checkSearch(Caller caller, Node directory) throws StorageException {
    if (enforcedHere()) {
      check(caller, directory, EXECUTE);
    }
  }

  /** What adding names to a directory and removing them needs. */
  void checkModify(Caller caller, Node directory) throws StorageException {
    if (enforcedHere()) {
      check(caller, directory, WRITE | EXECUTE);
    }
  }

  /** The sticky bit: only the owner of the entry or of the directory takes a name away. */
  void checkSticky(Caller caller, Node directory, Statx entry) throws StorageException {
    if (enforcedHere()
        && (directory.statx().mode() & 01000) != 0
        && !caller.isSuperuser()
        && !owns(caller, entry)
        && !owns(caller, directory.statx())) {
      throw new StorageException(Status.PERMISSION);
    }
  }

  /**
   * The rules of {@link io.ferrynfs.storage.Volume#setAttributes}, for what is not the size. Also
   * where the kernel applies them to each change, so that one which it refuses finds no other done.
   */
  void checkChanges(Caller caller, Node node, AttributeChanges changes) throws StorageException {
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
   * Fails with INVALID for the id that chown(2) takes for "as it is": what is made for such a user
   * would stay the server's own, with the set-user-id bit that he may ask for.
   */
  static void checkId(@Nullable Long id) throws StorageException {
    if (id != null && id == ID_NONE) {
      throw new StorageException(Status.INVALID, "id " + id);
    }
  }

  private static boolean isFixed(@Nullable TimeChange change) {
    return change instanceof TimeChange.At;
  }

  /** The mode that a caller may give: the set-group-id bit only with a group that he is in. */
  int permittedMode(Caller caller, int mode, int gid, boolean directory) {
    if (!enforcedHere()
        || directory
        || caller.isSuperuser()
        || caller.isInGroup(Integer.toUnsignedLong(gid))) {
      return mode;
    }
    return mode & ~02000;
  }
}
