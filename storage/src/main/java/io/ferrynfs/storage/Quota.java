package io.ferrynfs.storage;

import java.util.Comparator;
import java.util.List;

/**
 * What quotas leave for one object, never more than the volume has left.
 *
 * @param availableHardBytes that can still be stored in the object before more is refused
 * @param availableSoftBytes that can still be stored before its owner should be warned
 * @param usedBytes stored in all objects that count for the same quota
 */
public record Quota(long availableHardBytes, long availableSoftBytes, long usedBytes) {
  /**
   * What counts for one quota, of a user or of a group.
   *
   * @param usedBytes stored
   * @param softBytes at which the owner is warned; 0 for none
   * @param hardBytes at which more is refused; 0 for none
   */
  public record Account(long usedBytes, long softBytes, long hardBytes) {
    long hardLeft() {
      return left(hardBytes);
    }

    long softLeft() {
      return Math.min(left(softBytes), hardLeft());
    }

    private long left(long limit) {
      return limit == 0 ? Long.MAX_VALUE : Math.max(0, limit - usedBytes);
    }
  }

  /**
   * The quota of an object that counts for several: what the tightest of them leaves. Where none is
   * known, the volume itself is the bound.
   *
   * @param space of the volume
   * @param accounts of the object's user and group, as far as the caller may know them
   */
  public static Quota of(Space space, List<Account> accounts) {
    long hard = space.availableBytes();
    long soft = hard;
    for (Account account : accounts) {
      hard = Math.min(hard, account.hardLeft());
      soft = Math.min(soft, account.softLeft());
    }
    long used =
        accounts.stream()
            .min(Comparator.comparingLong(Account::hardLeft).thenComparingLong(Account::softLeft))
            .map(Account::usedBytes)
            .orElse(space.totalBytes() - space.freeBytes());
    return new Quota(hard, soft, used);
  }

  /** Whether quotactl(2) would tell the caller about this user. */
  public static boolean isUserTold(Caller caller, long uid) {
    return caller.isSuperuser() || caller.uid() == uid;
  }

  /** Whether quotactl(2) would tell the caller about this group. */
  public static boolean isGroupTold(Caller caller, long gid) {
    return caller.isSuperuser() || caller.isInGroup(gid);
  }
}
