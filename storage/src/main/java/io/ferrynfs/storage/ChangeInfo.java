package io.ferrynfs.storage;

/**
 * The change attribute of a directory (or of an object whose extended attributes change) before and
 * after a call. A client uses it to decide whether its cache is still valid (RFC 8881 section
 * 10.8).
 *
 * @param before the value before the change
 * @param after the value after the change
 * @param atomic whether the volume read both values atomically with the change, so that no other
 *     change came between them
 */
public record ChangeInfo(long before, long after, boolean atomic) {}
