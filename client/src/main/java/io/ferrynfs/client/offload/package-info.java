/** Copies that a server makes by itself: what is outstanding, waiting for one, stopping one. */
@NullMarked
package io.ferrynfs.client.offload;

import org.jspecify.annotations.NullMarked;
