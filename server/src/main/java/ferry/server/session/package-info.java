/** Clients, sessions, slots, the backchannel and leases. */
@NullMarked
package ferry.server.session;

import org.jspecify.annotations.NullMarked;
