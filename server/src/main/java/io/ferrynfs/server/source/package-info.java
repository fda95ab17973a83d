/**
 * The servers that this one copies from: which addresses it may connect to, the sessions with them,
 * and the files there. Nothing in here waits: what takes time is a future, and its time is bounded.
 */
@NullMarked
package io.ferrynfs.server.source;

import org.jspecify.annotations.NullMarked;
