package io.ferrynfs.cli.place;

/**
 * Which attributes of the source a copy has.
 *
 * @param owner whether it has the owner and group
 * @param times whether it has the times, up to the resolution of its file system
 */
public record PreservedAttributes(boolean owner, boolean times) {}
