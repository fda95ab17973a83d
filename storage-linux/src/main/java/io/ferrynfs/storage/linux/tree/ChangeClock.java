package io.ferrynfs.storage.linux.tree;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The change attribute: the change time in nanoseconds, corrected if it would hide a change.
 *
 * <p>Before Linux 6.13 the kernel takes change times from a clock with a tick of 1 to 10
 * milliseconds. Two changes can therefore have the same change time, and a clock that is set back
 * decreases it. The table keeps the last value for every object that was changed through this
 * volume: the value after a change is greater, and a value is never less than an earlier one. With
 * the multigrain timestamps of later kernels the values are those of the kernel.
 *
 * <p>The table is bounded, holds the most recently changed objects, and does not survive the
 * process. An object may have had several values in one tick. After a restart it must not return
 * the first of these values again, because a client may have cached the object under that value.
 * Therefore the value of an object that was last changed before the table knew it, or before the
 * table dropped an entry, is its change time plus almost a tick. This is greater than all values of
 * that tick and less than those of the next tick. A client that compares for equality then fetches
 * the object again once.
 *
 * <p>Changes by others than this volume have the resolution of the kernel's clock. If that clock
 * was set back before a restart, the values decrease with it.
 *
 * <p>A change is recorded in two steps: {@link #before} with the change time until then, and {@link
 * #after} when the change is made. A reader between the two steps sees the old value, which is
 * correct.
 */
public final class ChangeClock {
  private static final int STRIPES = 64;

  /** Less than the shortest tick, one millisecond, by more than clock slewing accounts for. */
  public static final long SETTLED_NANOS = 900_000;

  private final Stripe[] stripes = new Stripe[STRIPES];

  /**
   * Creates a table of the {@code objectsMax} most recently changed objects.
   *
   * @param nowNanos the current time of the clock of change times; earlier changes precede this
   *     table
   */
  public ChangeClock(int objectsMax, long nowNanos) {
    int each = Math.max(1, objectsMax / STRIPES);
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe(each, nowNanos);
    }
  }

  /** Records that an object is about to change; its change time is {@code changedNanos} still. */
  public void before(long object, long changedNanos) {
    Stripe stripe = stripe(object);
    synchronized (stripe) {
      stripe.computeIfAbsent(object, key -> new Known(changedNanos));
    }
  }

  /** Returns whether the caller may omit reading the change time for {@link #before}. */
  public boolean knows(long object) {
    Stripe stripe = stripe(object);
    synchronized (stripe) {
      return stripe.containsKey(object);
    }
  }

  /** Records that an object has changed. */
  public void after(long object) {
    Stripe stripe = stripe(object);
    synchronized (stripe) {
      Known entry = stripe.get(object);
      if (entry != null) {
        entry.changed = true;
      }
    }
  }

  /** Returns the change attribute of an object with the change time {@code changedNanos}. */
  public long value(long object, long changedNanos) {
    Stripe stripe = stripe(object);
    synchronized (stripe) {
      Known entry = stripe.get(object);
      return entry == null ? stripe.settled(changedNanos) : entry.next(changedNanos);
    }
  }

  private Stripe stripe(long object) {
    long mixed = object * 0x9e3779b97f4a7c15L;
    return stripes[(int) (mixed >>> 58)];
  }

  private static final class Known {
    private long given;
    private boolean changed;

    /** Whether the last value is greater than the change time. */
    private boolean ahead;

    Known(long given) {
      this.given = given;
    }

    long next(long changedNanos) {
      if (changedNanos > given) {
        given = changedNanos;
        ahead = false;
      } else if (changed) {
        given++;
        ahead = true;
      }
      changed = false;
      return given;
    }
  }

  private static final class Stripe extends LinkedHashMap<Long, Known> {
    private final int entriesMax;
    private long settledNanos;

    Stripe(int entriesMax, long settledNanos) {
      super(16, 0.75f, /* accessOrder */ true);
      this.entriesMax = entriesMax;
      this.settledNanos = settledNanos;
    }

    /** Returns the value of an object that is not in the table. */
    long settled(long changedNanos) {
      return changedNanos <= settledNanos ? changedNanos + SETTLED_NANOS : changedNanos;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Known> eldest) {
      if (size() <= entriesMax) {
        return false;
      }
      Known entry = eldest.getValue();
      if (entry.ahead || entry.changed) {
        settledNanos = Math.max(settledNanos, entry.given);
      }
      return true;
    }
  }
}
