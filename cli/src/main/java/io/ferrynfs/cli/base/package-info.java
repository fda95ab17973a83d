/** Basics of all commands: console, units, exit codes, clock and threads. */
@NullMarked
package io.ferrynfs.cli.base;

import org.jspecify.annotations.NullMarked;
