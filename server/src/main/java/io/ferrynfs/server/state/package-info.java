/** The one table of all stateids, and what they hold open. */
@NullMarked
package io.ferrynfs.server.state;

import org.jspecify.annotations.NullMarked;
