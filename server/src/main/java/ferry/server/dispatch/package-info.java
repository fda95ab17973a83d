/** From an RPC call to a COMPOUND's reply. */
@NullMarked
package ferry.server.dispatch;

import org.jspecify.annotations.NullMarked;
