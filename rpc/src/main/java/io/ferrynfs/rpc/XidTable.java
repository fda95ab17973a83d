package io.ferrynfs.rpc;

import org.jspecify.annotations.Nullable;

/**
 * The outgoing calls without a reply, by transaction id. Ids are consecutive, so the table is a
 * ring indexed by their low bits; an id whose slot is still in use is skipped. Not thread-safe.
 */
final class XidTable {
  private static final int SIZE_MIN = 64;

  private final int callsMax;
  private @Nullable PendingCall[] ring = new PendingCall[SIZE_MIN];
  private int next;
  private int count;

  XidTable(int callsMax, int firstXid) {
    this.callsMax = callsMax;
    this.next = firstXid;
  }

  int count() {
    return count;
  }

  /** Assigns an id to a call and adds it; returns false if there are too many calls. */
  boolean add(PendingCall call) {
    if (count >= callsMax) {
      return false;
    }
    if (count * 2 >= ring.length) {
      grow();
    }
    while (ring[next & (ring.length - 1)] != null) {
      next++;
    }
    call.xid = next;
    ring[next & (ring.length - 1)] = call;
    next++;
    count++;
    return true;
  }

  /** Doubles the ring: consecutive ids have slots of their own in a larger ring, too. */
  private void grow() {
    @Nullable PendingCall[] larger = new PendingCall[ring.length * 2];
    for (PendingCall call : ring) {
      if (call != null) {
        larger[call.xid & (larger.length - 1)] = call;
      }
    }
    ring = larger;
  }

  @Nullable PendingCall get(int xid) {
    PendingCall call = ring[xid & (ring.length - 1)];
    return call != null && call.xid == xid ? call : null;
  }

  /** Removes a call; returns false if it is not in the table. */
  boolean remove(PendingCall call) {
    int index = call.xid & (ring.length - 1);
    if (ring[index] != call) {
      return false;
    }
    ring[index] = null;
    count--;
    return true;
  }

  /** Returns a copy of the ring, to iterate over the calls. */
  @Nullable PendingCall[] calls() {
    return ring.clone();
  }
}
