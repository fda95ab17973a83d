/** Copying files and trees between places, and the account of how the bytes moved. */
@NullMarked
package io.ferrynfs.cli.copy;

import org.jspecify.annotations.NullMarked;
