/** The mapping of failures to nfsstat4. */
@NullMarked
package io.ferrynfs.server.status;

import org.jspecify.annotations.NullMarked;
