/** Tests with random values of every type of the protocol. */
@NullMarked
package io.ferrynfs.wire.testing;

import org.jspecify.annotations.NullMarked;
