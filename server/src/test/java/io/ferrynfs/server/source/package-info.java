/** Copies between servers on a simulated network, with well-behaved and hostile sources. */
@NullMarked
package io.ferrynfs.server.source;

import org.jspecify.annotations.NullMarked;
