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
 * The entries of a directory. Each gets a cookie of its own when it is added, larger than all
 * before it, and is read in that order: adding and removing others never moves it. A name that is
 * given to another object by a rename keeps its place, so that a reader meets it once.
 *
 * <p>Not safe for threads: the volume's lock for names guards it.
 */
final class Directory {
  /** 0 means the beginning, and 1 and 2 are taken for {@code .} and {@code ..} by some clients. */
  private static final long COOKIE_MIN = 3;

  /** One name of one object. */
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

  /** Adds a name, or gives it to another object. */
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

  /** Whether the cookie is 0 or was once given out. */
  boolean isCookie(long cookie) {
    return cookie == 0 || (cookie >= COOKIE_MIN && cookie < nextCookie);
  }

  /** The next entries after a cookie, at most so many. */
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
