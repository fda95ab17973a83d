package io.ferrynfs.server.state;

/**
 * How much of what all share one client may hold, so that what is left is never taken by one
 * client, nor by a few, and others find room until there are very many of them.
 *
 * @param partsLeft a client may hold as much as one of so many parts of what is left
 * @param fairMin as long as anything is left a client may hold this much
 */
record FairShare(int partsLeft, int fairMin) {

  /** What a client may hold while so much is left. */
  int of(int left) {
    return left <= 0 ? 0 : Math.max(fairMin, left / partsLeft);
  }
}
