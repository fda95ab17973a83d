/** The attributes of files and file systems as typed keys, and sets of their values. */
@NullMarked
package io.ferrynfs.wire.attr;

import org.jspecify.annotations.NullMarked;
