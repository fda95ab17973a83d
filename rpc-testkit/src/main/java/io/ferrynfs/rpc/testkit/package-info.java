/**
 * A world in one thread: hosts with their own {@link io.ferrynfs.rpc.env.Env}, virtual time, a
 * network whose messages can be lost, held up or repeated, and processes that can be killed. The
 * same seed gives the same run.
 */
@NullMarked
package io.ferrynfs.rpc.testkit;

import org.jspecify.annotations.NullMarked;
