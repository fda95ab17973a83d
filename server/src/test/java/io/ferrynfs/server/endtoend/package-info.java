/** Ferry's client and server together, on a simulated network and over real sockets. */
@NullMarked
package io.ferrynfs.server.endtoend;

import org.jspecify.annotations.NullMarked;
