/** Filehandles of a directory tree: by the kernel, or by an index of its own. */
@NullMarked
package io.ferrynfs.storage.linux.handle;

import org.jspecify.annotations.NullMarked;
