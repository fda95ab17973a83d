package io.ferrynfs.server;

import java.time.Duration;

/**
 * One client, as its server sees it.
 *
 * @param clientid what {@link ClientDirectory#expire} takes; never used twice by one server
 * @param name what it calls itself
 * @param address from where it came last; empty before it has a session
 * @param state of its lease
 * @param silent for how long it has not renewed its lease
 * @param sessions how many it has
 * @param holds its stateids
 */
public record ClientStatus(
    long clientid,
    String name,
    String address,
    State state,
    Duration silent,
    int sessions,
    ClientHoldings holds) {

  /** What its record is worth. */
  public enum State {
    /** It has not made a session yet. */
    UNCONFIRMED,
    /** Its lease lasts. */
    ACTIVE,
    /** Its lease has run out, and it keeps what it holds until somebody else wants it. */
    COURTESY
  }
}
