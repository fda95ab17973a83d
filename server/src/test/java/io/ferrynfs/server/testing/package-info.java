/**
 * Test fixtures: a server without a network whose clock the test advances, and a client that sends
 * exactly the operations that the test gives it.
 */
@NullMarked
package io.ferrynfs.server.testing;

import org.jspecify.annotations.NullMarked;
