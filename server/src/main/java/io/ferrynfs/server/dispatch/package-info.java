/** The execution of COMPOUND, from the RPC call to the reply. */
@NullMarked
package io.ferrynfs.server.dispatch;

import org.jspecify.annotations.NullMarked;
