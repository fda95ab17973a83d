/** Random values of every type of the protocol, for tests. */
@NullMarked
package ferry.wire.testing;

import org.jspecify.annotations.NullMarked;
