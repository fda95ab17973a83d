/** The command {@code ferry serve}: settings, exports and the running server. */
@NullMarked
package io.ferrynfs.cli.serve;

import org.jspecify.annotations.NullMarked;
