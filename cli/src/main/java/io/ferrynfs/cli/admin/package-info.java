/**
 * The administration interface of a running server: a socket that only the server's user and root
 * can reach, with the client and server of its protocol.
 *
 * <p>{@code AdminFolder} has the path of the socket and checks its permissions, which are the only
 * protection. {@code AdminServer} listens, and {@code AdminProgram} implements the calls. {@code
 * AdminLookup} finds a server by its URL, and {@code AdminClient} calls it.
 */
@NullMarked
package io.ferrynfs.cli.admin;

import org.jspecify.annotations.NullMarked;
