/**
 * The servers from which this server copies: the addresses to which it may connect, the sessions
 * with them, and their files. No method blocks: a slow operation returns a future and has a bounded
 * time.
 */
@NullMarked
package io.ferrynfs.server.source;

import org.jspecify.annotations.NullMarked;
