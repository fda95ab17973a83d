/** The {@code ferry} command: the only room that prints. */
@NullMarked
package ferry.cli;

import org.jspecify.annotations.NullMarked;
