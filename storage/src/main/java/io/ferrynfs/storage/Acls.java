package io.ferrynfs.storage;

import org.jspecify.annotations.Nullable;

/**
 * The access control lists of an object.
 *
 * @param access who may use it
 * @param inherited what is made in this directory gets it, cut down to the mode that it is made
 *     with; null for none
 */
public record Acls(PosixAcl access, @Nullable PosixAcl inherited) {}
