package io.ferrynfs.storage.linux;

import static io.ferrynfs.storage.linux.Native.INT;
import static io.ferrynfs.storage.linux.Native.LONG;
import static io.ferrynfs.storage.linux.Native.POINTER;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
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
 * <p>User and group are put back after each call, so that no thread is ever somebody else outside
 * of one: what the server writes for itself (its state folder, logs, what the JVM makes) belongs to
 * its own user and group on whichever thread that happens, and so does what is done on a thread
 * that such a thread has started, which begins with the ids of its maker. The supplementary groups
 * and CAP_SYS_RESOURCE stay as the last caller of the thread had them, because they decide nothing
 * about files that the superuser makes; so two calls for one caller cost two changes of the user
 * and two of the group.
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
  private static final int CAP_FOWNER = 3;
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
  private final int gid;

  private Actor(int uid, int gid) {
    this.uid = uid;
    this.gid = gid;
  }

  /** Null where the process may not be somebody else, most likely in a container. */
  static @Nullable Actor ifAble() {
    Actor actor = new Actor(AttributeCalls.effectiveUid(), AttributeCalls.effectiveGid());
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
    T result;
    try {
      become(THREADS.get(), caller);
      result = call.run();
    } catch (StorageException | RuntimeException | Error e) {
      putBack(caller);
      throw e;
    }
    if (!putBack(caller)) {
      throw new IllegalStateException("done as another than user " + caller.uid());
    }
    return result;
  }

  /** The calls say who this was before, so whether all that came before was in his name. */
  private boolean putBack(Caller caller) {
    boolean isUser = isOwnUser(caller) || setId(SETFSUID, uid) == (int) caller.uid();
    boolean isGroup = isOwnGroup(caller) || setId(SETFSGID, gid) == (int) caller.gid();
    return isUser && isGroup;
  }

  private boolean isOwnUser(Caller caller) {
    return (int) caller.uid() == uid;
  }

  private boolean isOwnGroup(Caller caller) {
    return (int) caller.gid() == gid;
  }

  private void become(OnThread thread, Caller caller) throws StorageException {
    if (!caller.gids().equals(thread.gids)) {
      thread.gids = null;
      if (setGroups(caller.gids()) < 0) {
        throw refused("groups of user " + caller.uid());
      }
      thread.gids = caller.gids();
    }
    if (thread.unbounded == null || thread.unbounded != caller.isSuperuser()) {
      thread.unbounded = null;
      setCapability(CAP_SYS_RESOURCE, caller.isSuperuser());
      thread.unbounded = caller.isSuperuser();
    }
    // They say nothing of success, only what was before; -1 is no id, and changes nothing.
    if (!isOwnGroup(caller)) {
      setId(SETFSGID, (int) caller.gid());
      if (thread.provenGid != caller.gid()) {
        if (setId(SETFSGID, -1) != (int) caller.gid()) {
          throw refused("group " + caller.gid());
        }
        thread.provenGid = caller.gid();
      }
    }
    if (!isOwnUser(caller)) {
      setId(SETFSUID, (int) caller.uid());
      if (thread.provenUid != caller.uid()) {
        if (setId(SETFSUID, -1) != (int) caller.uid()) {
          throw refused("user " + caller.uid());
        }
        thread.provenUid = caller.uid();
      }
    }
  }

  /**
   * For a call that is made {@link #as} a caller: does it with CAP_FOWNER, under which the kernel
   * takes the caller for the owner of every file, and of nothing else; so that permissions of
   * directories bind him as before.
   */
  static <T> T asOwner(Call<T> call) throws StorageException {
    if (!setCapability(CAP_FOWNER, true)) {
      return call.run();
    }
    try {
      return call.run();
    } finally {
      setCapability(CAP_FOWNER, false);
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

  /**
   * Gives this thread a privilege that the process may have, or takes it from it.
   *
   * @return whether that changed anything
   */
  private static boolean setCapability(int capability, boolean wanted) throws StorageException {
    try (Scratch s = Scratch.open()) {
      MemorySegment header = s.allocate(8);
      MemorySegment sets = s.allocate(24);
      header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION_3);
      header.set(ValueLayout.JAVA_INT, 4, 0);
      long got = (long) CAPABILITIES.invokeExact(s.errno(), NR_CAPGET, header, sets);
      int effective = sets.get(ValueLayout.JAVA_INT, 0);
      int permitted = sets.get(ValueLayout.JAVA_INT, 4);
      int bit = 1 << capability;
      int changed = wanted ? effective | (bit & permitted) : effective & ~bit;
      sets.set(ValueLayout.JAVA_INT, 0, changed);
      if (got != 0
          || (changed != effective
              && (long) CAPABILITIES.invokeExact(s.errno(), NR_CAPSET, header, sets) != 0)) {
        throw new StorageException(Status.PERMISSION, "capset");
      }
      return changed != effective;
    } catch (StorageException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
