package io.ferrynfs.storage.linux.call;

import static io.ferrynfs.storage.linux.call.Native.LONG;
import static io.ferrynfs.storage.linux.call.Native.POINTER;

import io.ferrynfs.storage.Quota;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The quotas of a file system: quotactl_fd(2), Linux 5.14. */
public final class QuotaCalls {
  private static final MethodHandle QUOTACTL_FD =
      Native.variadic("syscall", 1, LONG, LONG, LONG, LONG, LONG, POINTER);

  /** The number of quotactl_fd on all architectures. libc has no wrapper. */
  private static final long NR_QUOTACTL_FD = 443;

  private static final int Q_GETQUOTA = 0x800007;
  private static final int SUBCOMMAND_SHIFT = 8;

  /** The size of struct if_dqblk: eight 64-bit numbers and a mask of the valid ones. */
  public static final int BLOCK_BYTES = 72;

  private static final int LIMITS_VALID = 1;
  private static final int SPACE_VALID = 2;
  private static final int TIME_VALID = 16;
  private static final long LIMIT_UNIT_BYTES = 1024;

  /** The kind of a quota: of a user or of a group. */
  public enum Kind {
    USER(0),
    GROUP(1);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  /**
   * The result of the kernel.
   *
   * @param errno 0, or the reason why there is no account
   * @param account the account, or null
   */
  public record Answer(int errno, Quota.@Nullable Account account) {}

  private QuotaCalls() {}

  /**
   * Returns whether the file system accounts users or groups. Reads the quota of this process's own
   * user, because the kernel checks permissions for others first.
   */
  public static boolean areOn(int fd) {
    return isOn(get(fd, Kind.USER, Integer.toUnsignedLong(AttributeCalls.effectiveUid())))
        || isOn(get(fd, Kind.GROUP, Integer.toUnsignedLong(AttributeCalls.effectiveGid())));
  }

  /** XFS has no entry for a user that has never stored anything. */
  private static boolean isOn(Answer answer) {
    return answer.errno() == 0 || answer.errno() == Errno.ENOENT;
  }

  /** Returns the account of a user or a group. */
  public static Answer get(int fd, Kind kind, long id) {
    try (Scratch s = Scratch.open()) {
      MemorySegment block = s.allocate(BLOCK_BYTES);
      block.fill((byte) 0);
      long command = Integer.toUnsignedLong(Q_GETQUOTA << SUBCOMMAND_SHIFT | kind.number);
      long result =
          (long) QUOTACTL_FD.invokeExact(s.errno(), NR_QUOTACTL_FD, (long) fd, command, id, block);
      int errno = (int) -Native.result(s, result);
      return errno == 0
          ? new Answer(0, account(block, AttributeCalls.coarseNow().seconds()))
          : new Answer(errno, null);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * Decodes a struct if_dqblk. If the grace period of the soft limit is over, the current usage
   * becomes the hard limit.
   */
  public static Quota.Account account(MemorySegment block, long nowSeconds) {
    int valid = block.get(ValueLayout.JAVA_INT, 64);
    long used = (valid & SPACE_VALID) == 0 ? 0 : number(block, 2);
    boolean isLimited = (valid & LIMITS_VALID) != 0;
    long hard = isLimited ? bytes(number(block, 0)) : 0;
    long soft = isLimited ? bytes(number(block, 1)) : 0;
    long graceEndSeconds = (valid & TIME_VALID) == 0 ? 0 : number(block, 6);
    boolean isGraceOver = graceEndSeconds > 0 && graceEndSeconds <= nowSeconds;
    return new Quota.Account(used, soft, isGraceOver && soft > 0 && used > soft ? soft : hard);
  }

  private static long number(MemorySegment block, int index) {
    return Math.max(0, block.getAtIndex(ValueLayout.JAVA_LONG, index));
  }

  private static long bytes(long units) {
    return Math.min(units, Long.MAX_VALUE / LIMIT_UNIT_BYTES) * LIMIT_UNIT_BYTES;
  }
}
