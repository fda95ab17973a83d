/** The one table of all stateids, and what they hold open. */
@NullMarked
package ferry.server.state;

import org.jspecify.annotations.NullMarked;
