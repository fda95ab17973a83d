package io.ferrynfs.server.state;

/**
 * How large the tables of stateids are.
 *
 * @param stateids of all kinds
 * @param files of which there is a stateid
 * @param clients that may hold some
 */
public record StateSizes(int stateids, int files, int clients) {}
