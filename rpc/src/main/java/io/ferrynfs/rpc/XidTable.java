package io.ferrynfs.rpc;

import org.jspecify.annotations.Nullable;

/**
 * The calls of ours that wait for a reply, by transaction id. Ids go up one by one, so the table is
 * a ring that is indexed by their low bits; an id whose place is taken by an old call is skipped.
 * Not thread-safe.
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

  /** Gives the call an id and a place; false when there are too many. */
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

  /** Ids next to each other have places of their own in a larger ring too. */
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

  /** Takes the call out; false when it is not there. */
  boolean remove(PendingCall call) {
    int index = call.xid & (ring.length - 1);
    if (ring[index] != call) {
      return false;
    }
    ring[index] = null;
    count--;
    return true;
  }

  /** The calls, for going through all of them. */
  @Nullable PendingCall[] calls() {
    return ring.clone();
  }
}
