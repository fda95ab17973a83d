/**
 * What a session with the outside world needs, as interfaces: time, timers, randomness, threads and
 * the network. Everything above takes an {@link ferry.rpc.env.Env}; {@code ferry.rpc.env.system}
 * has the real one and {@code ferry.rpc.env.sim} a simulated one, in which clients and servers run
 * in one thread from one seed.
 */
@NullMarked
package ferry.rpc.env;

import org.jspecify.annotations.NullMarked;
