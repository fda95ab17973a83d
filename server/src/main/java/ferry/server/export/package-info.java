/** Exports, the pseudo-root above them, and filehandles. */
@NullMarked
package ferry.server.export;

import org.jspecify.annotations.NullMarked;
