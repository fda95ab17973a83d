package io.ferrynfs.storage;

import org.jspecify.annotations.Nullable;

/**
 * The access control lists of an object.
 *
 * @param access the access ACL, which is checked on each access to the object
 * @param inherited the default ACL of a directory, which a new object in it inherits, limited to
 *     the mode of its creation; null for none
 */
public record Acls(PosixAcl access, @Nullable PosixAcl inherited) {}
