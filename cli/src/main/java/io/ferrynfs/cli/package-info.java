/** The {@code ferry} command. Only this module prints. */
@NullMarked
package io.ferrynfs.cli;

import org.jspecify.annotations.NullMarked;
