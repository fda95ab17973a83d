package io.ferrynfs.storage;

/**
 * What a rename did to the two directories; the same twice when they are one.
 *
 * @param source of the directory that lost the name
 * @param target of the directory that got the name
 */
public record Renamed(ChangeInfo source, ChangeInfo target) {}
