/** Network addresses as the protocol writes them. */
@NullMarked
package ferry.rpc.address;

import org.jspecify.annotations.NullMarked;
