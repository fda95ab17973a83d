/** The {@code ferry} command: the only room that prints. */
@NullMarked
package io.ferrynfs.cli;

import org.jspecify.annotations.NullMarked;
