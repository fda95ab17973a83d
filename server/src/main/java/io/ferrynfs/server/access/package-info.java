/** Who asks. */
@NullMarked
package io.ferrynfs.server.access;

import org.jspecify.annotations.NullMarked;
