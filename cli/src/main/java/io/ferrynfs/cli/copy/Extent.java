package io.ferrynfs.cli.copy;

/**
 * A range of data between two holes of a file.
 *
 * @param startBytes the position of the first byte
 * @param endBytes the position after the last byte; not above the start if there is no data
 */
record Extent(long startBytes, long endBytes) {}
