/** Tests of restarts: the grace period and the client registry. */
@org.jspecify.annotations.NullMarked
package io.ferrynfs.server.recovery;
