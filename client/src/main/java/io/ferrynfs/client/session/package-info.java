/**
 * The session with one server: connections, client id, slots, exactly-once calls, lease and
 * recovery. Does not deal with files.
 */
@NullMarked
package io.ferrynfs.client.session;

import org.jspecify.annotations.NullMarked;
