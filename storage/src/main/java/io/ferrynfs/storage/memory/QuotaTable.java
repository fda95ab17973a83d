package io.ferrynfs.storage.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.storage.Quota;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.HashMap;
import java.util.Map;

/**
 * The usage and the limits of each user and each group. Files that share a block are each charged
 * for it, as on a disk. No other lock is acquired while the lock of this object is held.
 */
final class QuotaTable {
  /** The user and the group that a file is charged to. */
  record Owners(long uid, long gid) {}

  private record Key(boolean isGroup, long id) {}

  private static final Quota.Account EMPTY = new Quota.Account(0, 0, 0);

  private final boolean enabled;

  /** The accounts. Empty accounts without limits are omitted. */
  @GuardedBy("this")
  private final Map<Key, Quota.Account> accounts = new HashMap<>();

  QuotaTable(boolean enabled) {
    this.enabled = enabled;
  }

  private static Key user(Owners owners) {
    return new Key(false, owners.uid());
  }

  private static Key group(Owners owners) {
    return new Key(true, owners.gid());
  }

  /**
   * Charges bytes to both owners, or to neither.
   *
   * @throws StorageException QUOTA if one of the two would exceed its limit
   */
  synchronized void take(Owners owners, long bytes) throws StorageException {
    if (enabled) {
      add(user(owners), bytes);
      try {
        add(group(owners), bytes);
      } catch (StorageException e) {
        remove(user(owners), bytes);
        throw e;
      }
    }
  }

  synchronized void give(Owners owners, long bytes) {
    if (enabled) {
      remove(user(owners), bytes);
      remove(group(owners), bytes);
    }
  }

  /**
   * Transfers a charge to other owners.
   *
   * @throws StorageException QUOTA if the new owners would exceed a limit; nothing is transferred
   *     then
   */
  synchronized void move(Owners from, Owners to, long bytes) throws StorageException {
    if (!enabled) {
      return;
    }
    if (from.uid() != to.uid()) {
      add(user(to), bytes);
    }
    if (from.gid() != to.gid()) {
      try {
        add(group(to), bytes);
      } catch (StorageException e) {
        if (from.uid() != to.uid()) {
          remove(user(to), bytes);
        }
        throw e;
      }
      remove(group(from), bytes);
    }
    if (from.uid() != to.uid()) {
      remove(user(from), bytes);
    }
  }

  synchronized Quota.Account ofUser(long uid) {
    return accounts.getOrDefault(new Key(false, uid), EMPTY);
  }

  synchronized Quota.Account ofGroup(long gid) {
    return accounts.getOrDefault(new Key(true, gid), EMPTY);
  }

  /** Sets limits; 0 means no limit. Stored data is not affected. */
  synchronized void limit(boolean isGroup, long id, long softBytes, long hardBytes) {
    Key key = new Key(isGroup, id);
    long used = accounts.getOrDefault(key, EMPTY).usedBytes();
    put(key, new Quota.Account(used, softBytes, hardBytes));
  }

  @GuardedBy("this")
  private void add(Key key, long bytes) throws StorageException {
    Quota.Account now = accounts.getOrDefault(key, EMPTY);
    if (now.hardBytes() > 0 && bytes > now.hardBytes() - now.usedBytes()) {
      throw new StorageException(Status.QUOTA);
    }
    put(key, new Quota.Account(now.usedBytes() + bytes, now.softBytes(), now.hardBytes()));
  }

  @GuardedBy("this")
  private void remove(Key key, long bytes) {
    Quota.Account now = accounts.getOrDefault(key, EMPTY);
    put(key, new Quota.Account(now.usedBytes() - bytes, now.softBytes(), now.hardBytes()));
  }

  @GuardedBy("this")
  private void put(Key key, Quota.Account account) {
    if (account.equals(EMPTY)) {
      accounts.remove(key);
    } else {
      accounts.put(key, account);
    }
  }
}
