/**
 * What a session with the outside world needs, as interfaces: time, timers, randomness, threads and
 * the network. Everything above takes an {@link io.ferrynfs.rpc.env.Env}; {@code
 * io.ferrynfs.rpc.env.system} has the real one and {@code io.ferrynfs.rpc.testkit} a simulated one,
 * in which clients and servers run in one thread from one seed.
 */
@NullMarked
package io.ferrynfs.rpc.env;

import org.jspecify.annotations.NullMarked;
