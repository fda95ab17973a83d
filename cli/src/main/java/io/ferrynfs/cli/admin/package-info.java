/**
 * The administration interface of a running server: a socket in the file system that only the
 * server's user (and root) can reach, and both ends of what is spoken there.
 *
 * <p>{@code AdminFolder} says where and sees to the permissions, which are all the protection there
 * is; {@code AdminServer} listens, {@code AdminProgram} answers; {@code AdminLookup} finds a server
 * by its URL, {@code AdminClient} asks it.
 */
@NullMarked
package io.ferrynfs.cli.admin;

import org.jspecify.annotations.NullMarked;
