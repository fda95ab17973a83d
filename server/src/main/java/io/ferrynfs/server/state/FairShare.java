package io.ferrynfs.server.state;

/**
 * The share of a common resource that one client may hold. It shrinks with the rest, so that a few
 * clients cannot exhaust the resource.
 *
 * @param partsLeft a client may hold the remaining amount divided by this number
 * @param fairMin the least amount that a client may hold while the resource lasts
 */
record FairShare(int partsLeft, int fairMin) {

  /** Returns the amount that a client may hold while {@code left} remains. */
  int of(int left) {
    return left <= 0 ? 0 : Math.max(fairMin, left / partsLeft);
  }
}
