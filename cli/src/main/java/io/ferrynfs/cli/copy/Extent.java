package io.ferrynfs.cli.copy;

/**
 * Data of a file between two holes.
 *
 * @param startBytes the position of its first byte
 * @param endBytes the position behind its last one; not above the start when there is no data
 */
record Extent(long startBytes, long endBytes) {}
