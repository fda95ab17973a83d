/** The NFS server: {@link io.ferrynfs.server.NfsServer}. */
@NullMarked
package io.ferrynfs.server;

import org.jspecify.annotations.NullMarked;
