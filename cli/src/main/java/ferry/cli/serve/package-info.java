/** {@code ferry serve}: from the command line to a running server. */
@NullMarked
package ferry.cli.serve;

import org.jspecify.annotations.NullMarked;
