package io.ferrynfs.cli.place;

/**
 * What a copy has of its original's attributes.
 *
 * @param owner whether it has the owner and group
 * @param times whether it has the times, but for what its file system rounds
 */
public record Kept(boolean owner, boolean times) {}
