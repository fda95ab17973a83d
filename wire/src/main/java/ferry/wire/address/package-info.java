/** Network addresses as the protocol writes them. */
@NullMarked
package ferry.wire.address;

import org.jspecify.annotations.NullMarked;
