package io.ferrynfs.server;

/**
 * How many stateids of each kind a client has.
 *
 * @param opens open files, by open-owner
 * @param locks byte-range locks, by lock-owner and file
 * @param delegations delegations
 * @param copies copies under way, or that it has not been told of, and those it lets others make
 */
public record ClientHoldings(int opens, int locks, int delegations, int copies) {
  /** No stateids. */
  public static final ClientHoldings NONE = new ClientHoldings(0, 0, 0, 0);
}
