/** Copies between open files: by the servers if possible, otherwise through this client. */
@NullMarked
package io.ferrynfs.client.copy;

import org.jspecify.annotations.NullMarked;
