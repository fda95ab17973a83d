package io.ferrynfs.storage.linux.tree;

import static io.ferrynfs.storage.linux.call.Native.INT;
import static io.ferrynfs.storage.linux.call.Native.LONG;
import static io.ferrynfs.storage.linux.call.Native.POINTER;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.Native;
import io.ferrynfs.storage.linux.call.Scratch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * System calls with the identity of a caller, in a process of the superuser. On Linux each thread
 * has its own filesystem ids and groups. When the filesystem user of a thread changes, the kernel
 * drops and restores the file capabilities (capabilities(7)). It does not drop CAP_SYS_RESOURCE,
 * which overrides quotas and reserved blocks, so this class does, as knfsd does.
 *
 * <p>User and group are restored after each call, so no thread keeps a foreign identity. Files that
 * the server creates for itself (its state directory, logs, files of the JVM) therefore belong to
 * its own user and group on every thread. The same holds for threads that such a thread starts,
 * because they inherit its ids. The supplementary groups and the state of CAP_SYS_RESOURCE remain
 * those of the last caller of the thread, because they do not affect files that the superuser
 * creates. Consecutive calls of one caller thus cost two changes of the user and two of the group.
 *
 * <p>Only calls of this package run with a foreign identity, and only a few system calls at a time,
 * because the JVM may have to open files itself.
 */
public final class Actor {
  private static final boolean ARM64 = "aarch64".equals(System.getProperty("os.arch"));

  /** The raw system call, because the function of libc changes all threads of the process. */
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

  /**
   * The known identity of this thread. It is unknown for a new thread, which inherits it from its
   * creator.
   */
  private static final class OnThread {
    private long provenUid = -1;
    private long provenGid = -1;
    private @Nullable List<Long> gids;
    private @Nullable Boolean unbounded;
  }

  /** Shared by all volumes, because threads are. */
  private static final ThreadLocal<OnThread> THREADS = ThreadLocal.withInitial(OnThread::new);

  /** A call that is made with a caller's identity. */
  @FunctionalInterface
  public interface Call<T> {
    T run() throws StorageException;
  }

  private final int uid;
  private final int gid;

  private Actor(int uid, int gid) {
    this.uid = uid;
    this.gid = gid;
  }

  /**
   * Returns an actor, or null if the process may not change its identity, for example in a
   * container.
   */
  public static @Nullable Actor createIfPermitted() {
    Actor actor = new Actor(AttributeCalls.effectiveUid(), AttributeCalls.effectiveGid());
    try {
      boolean isSupported = actor.as(Caller.of(NOBODY, NOBODY), AttributeCalls::hasAccessNow);
      return isSupported ? actor : null;
    } catch (StorageException identityDenied) {
      return null;
    }
  }

  /**
   * Makes a call with the identity of a caller.
   *
   * @throws StorageException PERMISSION if the kernel does not permit the identity, for example
   *     because the uid is not mapped in a container; exceptions of the call
   */
  public <T> T as(Caller caller, Call<T> call) throws StorageException {
    T result;
    try {
      assume(THREADS.get(), caller);
      result = call.run();
    } catch (StorageException | RuntimeException | Error e) {
      restore(caller);
      throw e;
    }
    if (!restore(caller)) {
      throw new IllegalStateException("the call did not run as user " + caller.uid());
    }
    return result;
  }

  /**
   * Restores user and group. Returns whether both still were those of the caller, so that all calls
   * before were made with its identity.
   */
  private boolean restore(Caller caller) {
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

  private void assume(OnThread thread, Caller caller) throws StorageException {
    if (!caller.gids().equals(thread.gids)) {
      thread.gids = null;
      if (setGroups(caller.gids()) < 0) {
        throw identityDenied("groups of user " + caller.uid());
      }
      thread.gids = caller.gids();
    }
    if (thread.unbounded == null || thread.unbounded != caller.isSuperuser()) {
      thread.unbounded = null;
      setCapability(CAP_SYS_RESOURCE, caller.isSuperuser());
      thread.unbounded = caller.isSuperuser();
    }
    // setfsuid(2) and setfsgid(2) return the previous id and report no errors; -1 is not an id and
    // changes nothing.
    if (!isOwnGroup(caller)) {
      setId(SETFSGID, (int) caller.gid());
      if (thread.provenGid != caller.gid()) {
        if (setId(SETFSGID, -1) != (int) caller.gid()) {
          throw identityDenied("group " + caller.gid());
        }
        thread.provenGid = caller.gid();
      }
    }
    if (!isOwnUser(caller)) {
      setId(SETFSUID, (int) caller.uid());
      if (thread.provenUid != caller.uid()) {
        if (setId(SETFSUID, -1) != (int) caller.uid()) {
          throw identityDenied("user " + caller.uid());
        }
        thread.provenUid = caller.uid();
      }
    }
  }

  /**
   * Makes a call with CAP_FOWNER, within {@link #as}. The kernel then treats the caller as the
   * owner of every file. Permissions of directories still apply to the caller.
   */
  public static <T> T asOwner(Call<T> call) throws StorageException {
    if (!setCapability(CAP_FOWNER, true)) {
      return call.run();
    }
    try {
      return call.run();
    } finally {
      setCapability(CAP_FOWNER, false);
    }
  }

  private static StorageException identityDenied(String who) {
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
      // Callers usually have few groups, but the longest possible list does not fit into the
      // scratch memory.
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
   * Adds a permitted capability to the effective set of this thread, or removes it.
   *
   * @return whether the set has changed
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
