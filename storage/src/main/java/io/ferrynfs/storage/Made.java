package io.ferrynfs.storage;

/**
 * An object that a call created.
 *
 * @param handle the handle of the object
 * @param attributes the attributes of the object
 * @param change the change of the directory in which it was created
 */
public record Made(Handle handle, Attributes attributes, ChangeInfo change) {}
