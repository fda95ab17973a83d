package io.ferrynfs.server.state;

/**
 * The sizes of the state tables.
 *
 * @param stateids the number of stateids of all kinds
 * @param files the number of files with a stateid
 * @param clients the number of clients that may hold state
 */
public record StateSizes(int stateids, int files, int clients) {}
