/**
 * What a server does about its own restart (RFC 8881 section 8.4.2): which clients it knows by a
 * registry that outlives it, and the grace period in which these reclaim what they had.
 */
@NullMarked
package io.ferrynfs.server.recovery;

import org.jspecify.annotations.NullMarked;
