/**
 * The NFSv4.1/4.2 client: files, directories, attributes and copies of a server, without a mount.
 *
 * <p>{@link io.ferrynfs.client.NfsClient} is the door. Everything behind it is asynchronous; the
 * blocking methods wait for a future and are the only place where a thread of the caller waits.
 */
@NullMarked
package io.ferrynfs.client;

import org.jspecify.annotations.NullMarked;
