/** Clients, sessions, slots, the backchannel and leases. */
@NullMarked
package io.ferrynfs.server.session;

import org.jspecify.annotations.NullMarked;
