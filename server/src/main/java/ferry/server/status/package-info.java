/** How a failure becomes an nfsstat4. */
@NullMarked
package ferry.server.status;

import org.jspecify.annotations.NullMarked;
