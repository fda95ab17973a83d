/** The API of the NFS server. {@link io.ferrynfs.server.NfsServer} is its entry point. */
@NullMarked
package io.ferrynfs.server;

import org.jspecify.annotations.NullMarked;
