package io.ferrynfs.storage;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A POSIX access control list (draft 1003.1e, acl(5)): the permission bits of the mode, and
 * permission bits for named users and groups. Each set of bits is a sum of 4 (read), 2 (write) and
 * 1 (execute).
 *
 * @param owner the bits of the owner
 * @param users the bits of named users, by uid
 * @param group the bits of the owning group
 * @param groups the bits of named groups, by gid
 * @param mask the upper bound for named users and for all groups; null for a minimal list, which
 *     has no named entries and is equivalent to a mode
 * @param other the bits of all other users
 */
public record PosixAcl(
    int owner,
    SortedMap<Long, Integer> users,
    int group,
    SortedMap<Long, Integer> groups,
    @Nullable Integer mask,
    int other) {

  /**
   * The maximum number of named users and groups, so that the list fits into an extended attribute
   * of Linux.
   */
  public static final int NAMED_MAX = 8000;

  private static final int ALL = 7;

  public PosixAcl {
    users = Collections.unmodifiableSortedMap(new TreeMap<>(users));
    groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
    check(owner);
    check(group);
    check(other);
    users.values().forEach(PosixAcl::check);
    groups.values().forEach(PosixAcl::check);
    if (mask != null) {
      check(mask);
    } else if (!users.isEmpty() || !groups.isEmpty()) {
      throw new IllegalArgumentException("a list with named entries needs a mask");
    }
  }

  private static void check(int bits) {
    if ((bits & ~ALL) != 0) {
      throw new IllegalArgumentException("permissions " + bits);
    }
  }

  /** Returns the minimal list that is equivalent to a mode. */
  public static PosixAcl ofMode(int mode) {
    return new PosixAcl(
        mode >> 6 & ALL, new TreeMap<>(), mode >> 3 & ALL, new TreeMap<>(), null, mode & ALL);
  }

  /** Returns whether this list is equivalent to a mode. */
  public boolean isMinimal() {
    return mask == null;
  }

  /** Returns the number of named users and groups. */
  public int namedCount() {
    return users.size() + groups.size();
  }

  /** Returns the nine permission bits of the mode of an object with this list. */
  public int mode() {
    return owner << 6 | (mask == null ? group : mask) << 3 | other;
  }

  /** Returns this list after chmod(2). The group bits of the mode set the mask if there is one. */
  public PosixAcl withMode(int mode) {
    int middle = mode >> 3 & ALL;
    return new PosixAcl(
        mode >> 6 & ALL,
        users,
        mask == null ? middle : group,
        groups,
        mask == null ? null : (Integer) middle,
        mode & ALL);
  }

  /** Returns the list of an object that is created with a mode and inherits this list. */
  public PosixAcl limitedTo(int mode) {
    return withMode(mode() & mode);
  }

  /** Returns the effective bits of a named user; 0 if the user is not named. */
  public int user(long uid) {
    return masked(users.getOrDefault(uid, 0));
  }

  /** Returns the effective bits of the owning group. */
  public int owningGroup() {
    return masked(group);
  }

  /** Returns the effective bits of a named group; 0 if the group is not named. */
  public int group(long gid) {
    return masked(groups.getOrDefault(gid, 0));
  }

  private int masked(int bits) {
    return mask == null ? bits : bits & mask;
  }

  /**
   * Returns whether a caller that is not the superuser has all wanted permissions for an object
   * with this list. A single entry has to grant all of them (acl(5), access check algorithm).
   *
   * @param uid the owner of the object
   * @param gid the group of the object
   * @param wanted a sum of 4 (read), 2 (write) and 1 (execute)
   */
  public boolean allows(Caller caller, long uid, long gid, int wanted) {
    if (caller.uid() == uid) {
      return has(owner, wanted);
    }
    if (users.containsKey(caller.uid())) {
      return has(user(caller.uid()), wanted);
    }
    boolean inAny = caller.isInGroup(gid);
    if (inAny && has(owningGroup(), wanted)) {
      return true;
    }
    for (long named : groups.keySet()) {
      if (caller.isInGroup(named)) {
        inAny = true;
        if (has(group(named), wanted)) {
          return true;
        }
      }
    }
    return !inAny && has(other, wanted);
  }

  private static boolean has(int bits, int wanted) {
    return (bits & wanted) == wanted;
  }
}
