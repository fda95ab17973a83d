package io.ferrynfs.storage.linux;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The change attribute: the change time in nanoseconds, corrected where that would hide a change.
 *
 * <p>Before Linux 6.13 the kernel takes change times from a clock that ticks every 1 to 10
 * milliseconds, so two changes can carry the same one; and a clock that is set back makes it go
 * back. For every object that was changed through this volume the table keeps the last value given
 * out: after a change the next value is greater, and no value is less than one before it. With the
 * multigrain timestamps of later kernels the values are those of the kernel.
 *
 * <p>The table holds the objects changed last, a bounded number, and does not outlive the process.
 * What had several values in one tick must not come back from it with the first of them, which a
 * client may hold with what the object was then. So the value of an object that was last changed
 * before the table knew anything, or before something fell out of it, is its change time and almost
 * a tick: more than all that can have been given out for that tick, and less than the next. A
 * client that compares for equality then fetches once what it had.
 *
 * <p>Changes made by others than this volume are as fine as the kernel's clock. Where that was set
 * back before a restart, values go back with it.
 *
 * <p>A change is noted in two steps: {@link #before} with what could have been given out until
 * then, {@link #after} when it is made. A reader in between sees the old value, as it should.
 */
final class ChangeClock {
  private static final int STRIPES = 64;

  /** Less than the shortest tick, a millisecond, by more than clocks are slewed. */
  static final long SETTLED_NANOS = 900_000;

  private final Stripe[] stripes = new Stripe[STRIPES];

  /**
   * Keeps the {@code objectsMax} objects changed last.
   *
   * @param nowNanos the time by the clock of change times: what was changed until then was changed
   *     before this table
   */
  ChangeClock(int objectsMax, long nowNanos) {
    int each = Math.max(1, objectsMax / STRIPES);
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe(each, nowNanos);
    }
  }

  /** Before a change of the object whose change time is {@code changedNanos}. */
  void before(long object, long changedNanos) {
    Stripe stripe = stripe(object);
    synchronized (stripe) {
      stripe.computeIfAbsent(object, key -> new Known(changedNanos));
    }
  }

  /** True when {@link #before} need not be told the change time again. */
  boolean knows(long object) {
    Stripe stripe = stripe(object);
    synchronized (stripe) {
      return stripe.containsKey(object);
    }
  }

  /** After a change of the object. */
  void after(long object) {
    Stripe stripe = stripe(object);
    synchronized (stripe) {
      Known entry = stripe.get(object);
      if (entry != null) {
        entry.changed = true;
      }
    }
  }

  /** The change attribute of an object whose change time is {@code changedNanos}. */
  long value(long object, long changedNanos) {
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

    /** Whether the change time alone does not say how far the values have come. */
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

    /** The value of an object that is not here. */
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
