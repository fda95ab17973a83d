/** Who asks. */
@NullMarked
package ferry.server.access;

import org.jspecify.annotations.NullMarked;
