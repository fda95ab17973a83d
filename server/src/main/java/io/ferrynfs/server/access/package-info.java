/** The principals of requests. */
@NullMarked
package io.ferrynfs.server.access;

import org.jspecify.annotations.NullMarked;
