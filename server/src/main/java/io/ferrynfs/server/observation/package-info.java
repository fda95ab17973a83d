/** The counters and events of a server, for {@link io.ferrynfs.server.NfsServer#statistics}. */
@NullMarked
package io.ferrynfs.server.observation;

import org.jspecify.annotations.NullMarked;
