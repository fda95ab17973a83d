/** Copies between servers, on a simulated network: a client, sources, destinations, and liars. */
@NullMarked
package io.ferrynfs.server.source;

import org.jspecify.annotations.NullMarked;
