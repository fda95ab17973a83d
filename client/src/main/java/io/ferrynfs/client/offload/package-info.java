/** Asynchronous copies of a server: the table of them, waiting for one, cancelling one. */
@NullMarked
package io.ferrynfs.client.offload;

import org.jspecify.annotations.NullMarked;
