package ferry.storage.linux;

import static ferry.storage.linux.Native.INT;
import static ferry.storage.linux.Native.LONG;
import static ferry.storage.linux.Native.POINTER;

import ferry.storage.Caller;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * A system call in the name of a caller, in a process of the superuser: with the caller's
 * filesystem ids and groups, which on Linux each thread has its own of. So what mkdir(2) makes is
 * the caller's from the beginning, and what another process has put under that name meanwhile is
 * told by its owner; chown(2) of what is found under the name would give it away.
 *
 * <p>Only system calls are made so, because the JVM itself may have files to open.
 */
final class Actor {
  private static final boolean ARM64 = "aarch64".equals(System.getProperty("os.arch"));

  /** By number: the libc function changes all threads of the process. */
  private static final long NR_SETGROUPS = ARM64 ? 159 : 116;

  private static final int NOBODY = 65_534;
  private static final int GROUPS_MAX = 1024;

  private static final MethodHandle SETFSUID = Native.function("setfsuid", INT, INT);
  private static final MethodHandle SETFSGID = Native.function("setfsgid", INT, INT);
  private static final MethodHandle GETGROUPS = Native.function("getgroups", INT, INT, POINTER);
  private static final MethodHandle SETGROUPS =
      Native.variadic("syscall", 1, LONG, LONG, LONG, POINTER);

  private final int uid = AttributeCalls.effectiveUid();
  private final int gid = AttributeCalls.effectiveGid();
  private final int[] groups = currentGroups();
  private final boolean able;

  Actor() {
    boolean became = become(NOBODY, NOBODY, groups);
    able = resume() && became;
  }

  /**
   * Makes a call.
   *
   * @param call returns what the kernel returned, or {@code -errno}
   */
  int as(Caller caller, IntSupplier call) {
    if (!actsAs(caller)) {
      return call.getAsInt();
    }
    int result;
    try {
      boolean became = become((int) caller.uid(), (int) caller.gid(), groupsOf(caller.gids()));
      result = became ? call.getAsInt() : -Errno.EPERM;
    } catch (RuntimeException | Error e) {
      resume();
      throw e;
    }
    if (!resume()) {
      throw new IllegalStateException("the process's own ids are refused to it");
    }
    return result;
  }

  /** The owner of what a call in the name of this caller makes. */
  int ownerFor(Caller caller) {
    return actsAs(caller) ? (int) caller.uid() : uid;
  }

  /** A process may lack the privilege, most likely in a container. */
  private boolean actsAs(Caller caller) {
    return able && !caller.isSuperuser();
  }

  private boolean become(int toUid, int toGid, int[] toGroups) {
    if (setGroups(toGroups) < 0) {
      return false;
    }
    // These say nothing of success, only what was before; -1 is no id, and changes nothing.
    setId(SETFSGID, toGid);
    setId(SETFSUID, toUid);
    return setId(SETFSGID, -1) == toGid && setId(SETFSUID, -1) == toUid;
  }

  private boolean resume() {
    setId(SETFSUID, uid);
    setId(SETFSGID, gid);
    boolean ids = setId(SETFSUID, -1) == uid && setId(SETFSGID, -1) == gid;
    return (setGroups(groups) >= 0 || !able) && ids;
  }

  private static int[] groupsOf(List<Long> gids) {
    return gids.stream().mapToInt(Long::intValue).toArray();
  }

  private static int setId(MethodHandle call, int id) {
    try (Scratch s = Scratch.open()) {
      return (int) call.invokeExact(s.errno(), id);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  private static int[] currentGroups() {
    try (Scratch s = Scratch.open()) {
      MemorySegment list = s.allocate(4L * GROUPS_MAX);
      int count = Native.result(s, (int) GETGROUPS.invokeExact(s.errno(), GROUPS_MAX, list));
      return list.asSlice(0, 4L * Math.max(count, 0)).toArray(ValueLayout.JAVA_INT);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  private static long setGroups(int[] ids) {
    try (Scratch s = Scratch.open()) {
      // A caller's groups are a handful; the longest list there is does not fit the scratch memory.
      int count = Math.min(ids.length, GROUPS_MAX);
      MemorySegment list = s.allocate(4L * Math.max(count, 1));
      MemorySegment.copy(ids, 0, list, ValueLayout.JAVA_INT, 0, count);
      return Native.result(
          s, (long) SETGROUPS.invokeExact(s.errno(), NR_SETGROUPS, (long) count, list));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
