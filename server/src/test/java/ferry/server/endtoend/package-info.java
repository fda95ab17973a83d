/** Ferry's client and server together: on a simulated network, and over real sockets. */
@NullMarked
package ferry.server.endtoend;

import org.jspecify.annotations.NullMarked;
