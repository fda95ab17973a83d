/** From an RPC call to a COMPOUND's reply. */
@NullMarked
package io.ferrynfs.server.dispatch;

import org.jspecify.annotations.NullMarked;
