package ferry.storage.linux;

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
 * <p>The table holds the objects changed last, a bounded number. An object that falls out of it
 * goes back to the kernel's change time, at most a few nanoseconds less; a client that compares for
 * equality then fetches what it had. Changes made by others than this volume are as fine as the
 * kernel's clock.
 *
 * <p>A change is noted in two steps: {@link #before} with what could have been given out until
 * then, {@link #after} when it is made. A reader in between sees the old value, as it should.
 */
final class ChangeClock {
  private static final int STRIPES = 64;

  private final Stripe[] stripes = new Stripe[STRIPES];

  /** Keeps the {@code objectsMax} objects changed last. */
  ChangeClock(int objectsMax) {
    int each = Math.max(1, objectsMax / STRIPES);
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe(each);
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
      return entry == null ? changedNanos : entry.next(changedNanos);
    }
  }

  private Stripe stripe(long object) {
    long mixed = object * 0x9e3779b97f4a7c15L;
    return stripes[(int) (mixed >>> 58)];
  }

  private static final class Known {
    private long given;
    private boolean changed;

    Known(long given) {
      this.given = given;
    }

    long next(long changedNanos) {
      if (changedNanos > given) {
        given = changedNanos;
      } else if (changed) {
        given++;
      }
      changed = false;
      return given;
    }
  }

  private static final class Stripe extends LinkedHashMap<Long, Known> {
    private final int entriesMax;

    Stripe(int entriesMax) {
      super(16, 0.75f, /* accessOrder */ true);
      this.entriesMax = entriesMax;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Known> eldest) {
      return size() > entriesMax;
    }
  }
}
