/** Tests of the attribute table. */
@NullMarked
package ferry.wire.attr;

import org.jspecify.annotations.NullMarked;
