/**
 * The API of the NFSv4.1 and NFSv4.2 client: files, directories, attributes and copies of a server,
 * without a mount.
 *
 * <p>{@link io.ferrynfs.client.NfsClient} is the entry point.
 */
@NullMarked
package io.ferrynfs.client;

import org.jspecify.annotations.NullMarked;
