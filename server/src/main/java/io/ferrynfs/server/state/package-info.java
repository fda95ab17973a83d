/** The state of clients: stateids, share reservations, locks, delegations and open files. */
@NullMarked
package io.ferrynfs.server.state;

import org.jspecify.annotations.NullMarked;
