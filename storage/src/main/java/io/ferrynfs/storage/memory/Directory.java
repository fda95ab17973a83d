package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Name;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a directory. Each entry gets a unique cookie when it is added, larger than all
 * earlier ones, and entries are read in the order of their cookies. Adding and removing other
 * entries does not move an entry. A rename that replaces the object of a name keeps the cookie, so
 * a reader sees the name once.
 *
 * <p>Not thread-safe: the name lock of the volume guards it.
 */
final class Directory {
  /**
   * The first cookie. Cookie 0 means the beginning, and some clients use 1 and 2 for {@code .} and
   * {@code ..}.
   */
  private static final long COOKIE_MIN = 3;

  /** An entry: a name, its cookie and its object. */
  record Entry(Name name, long cookie, Inode inode) {}

  private final Map<Name, Entry> byName = new HashMap<>();
  private final NavigableMap<Long, Entry> byCookie = new TreeMap<>();
  private long nextCookie = COOKIE_MIN;

  @Nullable Inode get(Name name) {
    Entry entry = byName.get(name);
    return entry == null ? null : entry.inode();
  }

  boolean isEmpty() {
    return byName.isEmpty();
  }

  int count() {
    return byName.size();
  }

  /** Adds a name, or replaces the object of an existing name. */
  void put(Name name, Inode inode) {
    Entry old = byName.get(name);
    Entry entry = new Entry(name, old == null ? nextCookie++ : old.cookie(), inode);
    byName.put(name, entry);
    byCookie.put(entry.cookie(), entry);
  }

  void remove(Name name) {
    Entry entry = byName.remove(name);
    if (entry != null) {
      byCookie.remove(entry.cookie());
    }
  }

  /** Returns whether the cookie is 0 or was assigned to an entry once. */
  boolean isCookie(long cookie) {
    return cookie == 0 || (cookie >= COOKIE_MIN && cookie < nextCookie);
  }

  /** Returns up to {@code countMax} entries after a cookie. */
  List<Entry> after(long cookie, int countMax) {
    List<Entry> entries = new ArrayList<>(countMax);
    for (Entry entry : byCookie.tailMap(cookie, false).values()) {
      if (entries.size() == countMax) {
        break;
      }
      entries.add(entry);
    }
    return entries;
  }
}
