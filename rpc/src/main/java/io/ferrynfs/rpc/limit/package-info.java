/** The checks of the values that builders of limits take. */
@NullMarked
package io.ferrynfs.rpc.limit;

import org.jspecify.annotations.NullMarked;
