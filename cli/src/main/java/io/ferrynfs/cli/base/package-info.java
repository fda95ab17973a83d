/** What every command needs: the console, units, exit codes, the machine's clock and threads. */
@NullMarked
package io.ferrynfs.cli.base;

import org.jspecify.annotations.NullMarked;
