/** The NFS server: {@link ferry.server.NfsServer}. */
@NullMarked
package ferry.server;

import org.jspecify.annotations.NullMarked;
