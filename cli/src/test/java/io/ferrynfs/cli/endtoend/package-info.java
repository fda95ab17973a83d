/** {@code ferry serve} as it runs: a process, a directory, clients that come and go. */
@NullMarked
package io.ferrynfs.cli.endtoend;

import org.jspecify.annotations.NullMarked;
