/** How a failure becomes an nfsstat4. */
@NullMarked
package io.ferrynfs.server.status;

import org.jspecify.annotations.NullMarked;
