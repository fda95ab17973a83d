/** Tests of restarts: the grace period, and the registry of clients. */
@org.jspecify.annotations.NullMarked
package io.ferrynfs.server.recovery;
