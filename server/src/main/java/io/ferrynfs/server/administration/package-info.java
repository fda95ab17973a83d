/** Changes that an administrator makes to a running server. */
@NullMarked
package io.ferrynfs.server.administration;

import org.jspecify.annotations.NullMarked;
