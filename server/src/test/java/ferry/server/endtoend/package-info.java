/** Ferry's client and server together, in one process, on a simulated network. */
@NullMarked
package ferry.server.endtoend;

import org.jspecify.annotations.NullMarked;
