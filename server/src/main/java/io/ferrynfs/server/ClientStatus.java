package io.ferrynfs.server;

import java.time.Duration;

/**
 * A snapshot of one client of a server.
 *
 * @param clientid the id that {@link ClientDirectory#expire} takes; a server never uses an id twice
 * @param name the co_ownerid of the client, as printable text
 * @param address the address of its last connection; empty before its first session
 * @param state the state of its lease
 * @param silent the time since it last renewed its lease
 * @param sessions the number of its sessions
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

  /** The state of a client's lease. */
  public enum State {
    /** The client has not created a session yet. */
    UNCONFIRMED,
    /** The lease is valid. */
    ACTIVE,
    /** The lease has expired. The client keeps its state until another client needs it. */
    COURTESY
  }
}
