package ferry.storage.linux;

import static ferry.storage.linux.Native.INT;
import static ferry.storage.linux.Native.LONG;
import static ferry.storage.linux.Native.POINTER;

import ferry.storage.Caller;
import ferry.storage.Status;
import ferry.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * System calls in the name of a caller, in a process of the superuser: with the caller's filesystem
 * ids and groups, which on Linux each thread has its own of. The kernel takes the privileges over
 * files from a thread with another filesystem user, and gives them back (capabilities(7)); that
 * over quotas and reserved blocks, CAP_SYS_RESOURCE, it does not, so that is taken here, as knfsd
 * does.
 *
 * <p>Only the user is put back after a call. Group, groups and CAP_SYS_RESOURCE stay as the last
 * caller of the thread had them, for they decide nothing for the superuser but the group of what he
 * makes, which is the caller's anyway; so two calls for one caller cost two changes of the user.
 *
 * <p>Only what this package does is done so, and no more than a few system calls at a time: the JVM
 * itself may have files to open.
 */
final class Actor {
  private static final boolean ARM64 = "aarch64".equals(System.getProperty("os.arch"));

  /** By number: the libc function changes all threads of the process. */
  private static final long NR_SETGROUPS = ARM64 ? 159 : 116;

  private static final long NR_CAPGET = ARM64 ? 90 : 125;
  private static final long NR_CAPSET = ARM64 ? 91 : 126;
  private static final int CAPABILITY_VERSION_3 = 0x20080522;
  private static final int CAP_SYS_RESOURCE = 24;

  private static final int NOBODY = 65_534;
  private static final int GROUPS_MAX = 1024;

  private static final MethodHandle SETFSUID = Native.function("setfsuid", INT, INT);
  private static final MethodHandle SETFSGID = Native.function("setfsgid", INT, INT);
  private static final MethodHandle SETGROUPS =
      Native.variadic("syscall", 1, LONG, LONG, LONG, POINTER);
  private static final MethodHandle CAPABILITIES =
      Native.variadic("syscall", 1, LONG, LONG, POINTER, POINTER);

  /** What this thread is known to be; of a new one nothing is, for it has it of its maker. */
  private static final class OnThread {
    private long provenUid = -1;
    private long provenGid = -1;
    private @Nullable List<Long> gids;
    private @Nullable Boolean unbounded;
  }

  /** Threads are not a volume's own. */
  private static final ThreadLocal<OnThread> THREADS = ThreadLocal.withInitial(OnThread::new);

  /** What is done in a caller's name. */
  @FunctionalInterface
  interface Call<T> {
    T run() throws StorageException;
  }

  private final int uid;

  private Actor(int uid) {
    this.uid = uid;
  }

  /** Null where the process may not be somebody else, most likely in a container. */
  static @Nullable Actor ifAble() {
    Actor actor = new Actor(AttributeCalls.effectiveUid());
    try {
      boolean told = actor.as(Caller.of(NOBODY, NOBODY), AttributeCalls::canTellAccess);
      return told ? actor : null;
    } catch (StorageException refused) {
      return null;
    }
  }

  /**
   * Does something in a caller's name.
   *
   * @throws StorageException PERMISSION if the kernel does not let this process be him, as in a
   *     container where his number is nobody's; what the call throws
   */
  <T> T as(Caller caller, Call<T> call) throws StorageException {
    OnThread thread = THREADS.get();
    if (caller.isSuperuser()) {
      take(thread, caller);
      return call.run();
    }
    T result;
    try {
      become(thread, caller);
      result = call.run();
    } catch (StorageException | RuntimeException | Error e) {
      setId(SETFSUID, uid);
      throw e;
    }
    // It says who this was before, so whether all the above was in his name.
    int was = setId(SETFSUID, uid);
    if (was != (int) caller.uid()) {
      throw new IllegalStateException("done as user " + Integer.toUnsignedString(was));
    }
    return result;
  }

  private void become(OnThread thread, Caller caller) throws StorageException {
    take(thread, caller);
    setId(SETFSUID, (int) caller.uid());
    // It says nothing of success, only what was before; -1 is no id, and changes nothing.
    if (thread.provenUid != caller.uid()) {
      if (setId(SETFSUID, -1) != (int) caller.uid()) {
        throw refused("user " + caller.uid());
      }
      thread.provenUid = caller.uid();
    }
  }

  /** Everything of a caller but the user. */
  private static void take(OnThread thread, Caller caller) throws StorageException {
    if (!caller.gids().equals(thread.gids)) {
      thread.gids = null;
      if (setGroups(caller.gids()) < 0) {
        throw refused("groups of user " + caller.uid());
      }
      thread.gids = caller.gids();
    }
    if (thread.provenGid != caller.gid()) {
      thread.provenGid = -1;
      setId(SETFSGID, (int) caller.gid());
      if (setId(SETFSGID, -1) != (int) caller.gid()) {
        throw refused("group " + caller.gid());
      }
      thread.provenGid = caller.gid();
    }
    if (thread.unbounded == null || thread.unbounded != caller.isSuperuser()) {
      thread.unbounded = null;
      setUnbounded(caller.isSuperuser());
      thread.unbounded = caller.isSuperuser();
    }
  }

  private static StorageException refused(String who) {
    return new StorageException(Status.PERMISSION, "this process may not be " + who);
  }

  private static int setId(MethodHandle call, int id) {
    try (Scratch s = Scratch.open()) {
      return (int) call.invokeExact(s.errno(), id);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  private static long setGroups(List<Long> gids) {
    try (Scratch s = Scratch.open()) {
      // A caller's groups are a handful; the longest list there is does not fit the scratch memory.
      int count = Math.min(gids.size(), GROUPS_MAX);
      MemorySegment list = s.allocate(4L * Math.max(count, 1));
      for (int i = 0; i < count; i++) {
        list.setAtIndex(ValueLayout.JAVA_INT, i, gids.get(i).intValue());
      }
      return Native.result(
          s, (long) SETGROUPS.invokeExact(s.errno(), NR_SETGROUPS, (long) count, list));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** Whether quotas and reserved blocks are no bounds for this thread, where it may choose. */
  private static void setUnbounded(boolean unbounded) throws StorageException {
    try (Scratch s = Scratch.open()) {
      MemorySegment header = s.allocate(8);
      MemorySegment sets = s.allocate(24);
      header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION_3);
      header.set(ValueLayout.JAVA_INT, 4, 0);
      long got = (long) CAPABILITIES.invokeExact(s.errno(), NR_CAPGET, header, sets);
      int effective = sets.get(ValueLayout.JAVA_INT, 0);
      int permitted = sets.get(ValueLayout.JAVA_INT, 4);
      int bit = 1 << CAP_SYS_RESOURCE;
      int wanted = unbounded ? effective | (bit & permitted) : effective & ~bit;
      sets.set(ValueLayout.JAVA_INT, 0, wanted);
      if (got != 0
          || (wanted != effective
              && (long) CAPABILITIES.invokeExact(s.errno(), NR_CAPSET, header, sets) != 0)) {
        throw new StorageException(Status.PERMISSION, "capset");
      }
    } catch (StorageException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
