/** Random values of every type of the protocol, for tests. */
@NullMarked
package io.ferrynfs.wire.testing;

import org.jspecify.annotations.NullMarked;
