/** {@code ferry serve}: from the command line to a running server. */
@NullMarked
package io.ferrynfs.cli.serve;

import org.jspecify.annotations.NullMarked;
