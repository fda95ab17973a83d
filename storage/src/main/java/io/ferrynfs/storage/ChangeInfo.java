package io.ferrynfs.storage;

/**
 * The change attribute of a directory (or, for extended attributes, of the object) around a call
 * that changed it, by which a client knows whether its cache is still whole.
 *
 * @param before value before the change
 * @param after value after it
 * @param atomic whether both were taken in one step with the change, so that nothing else can have
 *     come between them
 */
public record ChangeInfo(long before, long after, boolean atomic) {}
