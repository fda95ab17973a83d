/** Tests of restarts: the grace period, and the registry of clients. */
@org.jspecify.annotations.NullMarked
package ferry.server.recovery;
