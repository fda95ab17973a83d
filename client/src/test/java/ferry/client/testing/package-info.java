/** A server that does what a test tells it, on a simulated network. */
@NullMarked
package ferry.client.testing;

import org.jspecify.annotations.NullMarked;
