/** Exports, the pseudo file system above them, and filehandles. */
@NullMarked
package io.ferrynfs.server.export;

import org.jspecify.annotations.NullMarked;
