/** Copies of files and trees, and their statistics. */
@NullMarked
package io.ferrynfs.cli.copy;

import org.jspecify.annotations.NullMarked;
