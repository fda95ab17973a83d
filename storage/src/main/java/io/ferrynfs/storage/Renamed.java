package io.ferrynfs.storage;

/**
 * The changes of the two directories of a rename. Both are equal if the directories are the same.
 *
 * @param source the change of the directory that lost the name
 * @param target the change of the directory that gained the name
 */
public record Renamed(ChangeInfo source, ChangeInfo target) {}
