package io.ferrynfs.storage;

/**
 * An object that a call has made.
 *
 * @param change of the directory that it was made in
 */
public record Made(Handle handle, Attributes attributes, ChangeInfo change) {}
