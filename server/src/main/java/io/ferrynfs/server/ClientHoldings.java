package io.ferrynfs.server;

/**
 * The number of stateids of each kind that a client holds.
 *
 * @param opens open files, counted by open-owner
 * @param locks byte-range locks, counted by lock-owner and file
 * @param delegations delegations
 * @param copies copies that are running or whose result the client does not know yet, and
 *     permissions that COPY_NOTIFY granted
 */
public record ClientHoldings(int opens, int locks, int delegations, int copies) {
  /** No stateids. */
  public static final ClientHoldings NONE = new ClientHoldings(0, 0, 0, 0);
}
