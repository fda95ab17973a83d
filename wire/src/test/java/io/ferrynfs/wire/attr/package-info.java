/** Tests of the attribute table. */
@NullMarked
package io.ferrynfs.wire.attr;

import org.jspecify.annotations.NullMarked;
