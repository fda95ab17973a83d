package io.ferrynfs.storage;

import java.util.Comparator;
import java.util.List;

/**
 * The space that quotas leave for one object, never more than the space left in the volume.
 *
 * @param availableHardBytes the bytes that can be added to the object before a write fails with
 *     QUOTA
 * @param availableSoftBytes the bytes that can be added before the owner should be warned
 * @param usedBytes the bytes of all objects that are charged to the same quota
 */
public record Quota(long availableHardBytes, long availableSoftBytes, long usedBytes) {
  /**
   * The usage and the limits of one quota, of a user or of a group.
   *
   * @param usedBytes the bytes stored
   * @param softBytes the usage at which the owner is warned; 0 for no limit
   * @param hardBytes the maximum usage; 0 for no limit
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
   * Returns the quota of an object that is charged to several accounts: the smallest remainder of
   * all. Without accounts the space of the volume is the limit.
   *
   * @param space the space of the volume
   * @param accounts those accounts of the object's user and group that the caller may see
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

  /** Returns whether quotactl(2) would report the quota of this user to the caller. */
  public static boolean mayReadUserQuota(Caller caller, long uid) {
    return caller.isSuperuser() || caller.uid() == uid;
  }

  /** Returns whether quotactl(2) would report the quota of this group to the caller. */
  public static boolean mayReadGroupQuota(Caller caller, long gid) {
    return caller.isSuperuser() || caller.isInGroup(gid);
  }
}
