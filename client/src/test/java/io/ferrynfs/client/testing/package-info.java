/** A server that does what a test tells it, on a simulated network. */
@NullMarked
package io.ferrynfs.client.testing;

import org.jspecify.annotations.NullMarked;
