package io.ferrynfs.storage;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An access control list as POSIX has it (draft 1003.1e, acl(5)): permission bits for named users
 * and groups beside those that the mode has. Each is a sum of 4 read, 2 write, 1 execute.
 *
 * @param owner of the owner
 * @param users of named users, by id
 * @param group of the owning group
 * @param groups of named groups, by id
 * @param mask the most that named users and any groups get; null where nobody is named and the list
 *     says no more than a mode does
 * @param other of everybody else
 */
public record PosixAcl(
    int owner,
    SortedMap<Long, Integer> users,
    int group,
    SortedMap<Long, Integer> groups,
    @Nullable Integer mask,
    int other) {

  /** The most users and groups that can be named: what fits into an extended attribute of Linux. */
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
      throw new IllegalArgumentException("somebody is named, and there is no mask");
    }
  }

  private static void check(int bits) {
    if ((bits & ~ALL) != 0) {
      throw new IllegalArgumentException("permissions " + bits);
    }
  }

  /** The list that says what a mode says. */
  public static PosixAcl ofMode(int mode) {
    return new PosixAcl(
        mode >> 6 & ALL, new TreeMap<>(), mode >> 3 & ALL, new TreeMap<>(), null, mode & ALL);
  }

  /** Whether it says no more than a mode does. */
  public boolean isMinimal() {
    return mask == null;
  }

  /** How many users and groups are named. */
  public int namedCount() {
    return users.size() + groups.size();
  }

  /** The nine permission bits of the mode of an object with this list. */
  public int mode() {
    return owner << 6 | (mask == null ? group : mask) << 3 | other;
  }

  /** The list after chmod(2): the bits of the group are the mask's, where there is one. */
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

  /** The list of a new object that inherits this one and is made with a mode. */
  public PosixAcl limitedTo(int mode) {
    return withMode(mode() & mode);
  }

  /** What named users get. */
  public int user(long uid) {
    return masked(users.getOrDefault(uid, 0));
  }

  /** What the owning group gets. */
  public int owningGroup() {
    return masked(group);
  }

  /** What a named group gets. */
  public int group(long gid) {
    return masked(groups.getOrDefault(gid, 0));
  }

  private int masked(int bits) {
    return mask == null ? bits : bits & mask;
  }

  /**
   * Whether a caller, who is not the superuser, has all the wanted permissions for an object with
   * this list: one entry has to grant all of them (acl(5), access check algorithm).
   *
   * @param uid the owner of the object
   * @param gid its group
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
