/**
 * The environment of clients and servers: interfaces of clocks, timers, randomness, threads and the
 * network. All upper layers receive an {@link io.ferrynfs.rpc.env.Env}. {@link
 * io.ferrynfs.rpc.env.SystemEnv} is the actual one. {@code io.ferrynfs.rpc.testkit} has a simulated
 * one, in which all clients and servers run on one thread and depend on one seed.
 */
@NullMarked
package io.ferrynfs.rpc.env;

import org.jspecify.annotations.NullMarked;
