/** Network addresses as the protocol writes them. */
@NullMarked
package io.ferrynfs.rpc.address;

import org.jspecify.annotations.NullMarked;
