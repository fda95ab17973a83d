/** The text forms of network addresses. */
@NullMarked
package io.ferrynfs.rpc.address;

import org.jspecify.annotations.NullMarked;
