/** Copies between open files: by the server where it can, through this client where not. */
@NullMarked
package io.ferrynfs.client.copy;

import org.jspecify.annotations.NullMarked;
