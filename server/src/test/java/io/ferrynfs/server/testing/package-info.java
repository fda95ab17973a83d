/**
 * A server without a network, with a clock that tests turn, and a client that sends what it is
 * told.
 */
@NullMarked
package io.ferrynfs.server.testing;

import org.jspecify.annotations.NullMarked;
