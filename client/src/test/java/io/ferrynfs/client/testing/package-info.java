/** Scripted servers on a simulated network. */
@NullMarked
package io.ferrynfs.client.testing;

import org.jspecify.annotations.NullMarked;
