/** Typed keys of the attributes of files and file systems, and sets of attribute values. */
@NullMarked
package io.ferrynfs.wire.attr;

import org.jspecify.annotations.NullMarked;
