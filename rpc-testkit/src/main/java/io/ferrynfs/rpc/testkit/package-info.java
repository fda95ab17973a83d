/**
 * A simulation on one thread: hosts with their own {@link io.ferrynfs.rpc.env.Env}, virtual time, a
 * network that can lose, delay or duplicate messages, and processes that can be killed. Equal seeds
 * yield equal runs.
 */
@NullMarked
package io.ferrynfs.rpc.testkit;

import org.jspecify.annotations.NullMarked;
