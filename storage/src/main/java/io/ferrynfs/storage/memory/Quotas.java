package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Quota;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.HashMap;
import java.util.Map;

/**
 * What the files of each user and each group take, and how much they may. A block that files share
 * counts for each of them, as on a disk. Its own lock is a leaf.
 */
final class Quotas {
  /** Whom a file counts for. */
  record Owners(long uid, long gid) {}

  private record Key(boolean isGroup, long id) {}

  private static final Quota.Account EMPTY = new Quota.Account(0, 0, 0);

  private final boolean enabled;

  // Guarded by this; those that say nothing are left out.
  private final Map<Key, Quota.Account> accounts = new HashMap<>();

  Quotas(boolean enabled) {
    this.enabled = enabled;
  }

  private static Key user(Owners owners) {
    return new Key(false, owners.uid());
  }

  private static Key group(Owners owners) {
    return new Key(true, owners.gid());
  }

  /**
   * @throws StorageException QUOTA if one of the two may not have so much; then nothing is taken
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
   * What one has had is another's now.
   *
   * @throws StorageException QUOTA if that is too much for him, and it stays as it was
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

  /** Sets limits; 0 is none. What is stored already stays. */
  synchronized void limit(boolean isGroup, long id, long softBytes, long hardBytes) {
    Key key = new Key(isGroup, id);
    long used = accounts.getOrDefault(key, EMPTY).usedBytes();
    put(key, new Quota.Account(used, softBytes, hardBytes));
  }

  private void add(Key key, long bytes) throws StorageException {
    Quota.Account now = accounts.getOrDefault(key, EMPTY);
    if (now.hardBytes() > 0 && bytes > now.hardBytes() - now.usedBytes()) {
      throw new StorageException(Status.QUOTA);
    }
    put(key, new Quota.Account(now.usedBytes() + bytes, now.softBytes(), now.hardBytes()));
  }

  private void remove(Key key, long bytes) {
    Quota.Account now = accounts.getOrDefault(key, EMPTY);
    put(key, new Quota.Account(now.usedBytes() - bytes, now.softBytes(), now.hardBytes()));
  }

  private void put(Key key, Quota.Account account) {
    if (account.equals(EMPTY)) {
      accounts.remove(key);
    } else {
      accounts.put(key, account);
    }
  }
}
