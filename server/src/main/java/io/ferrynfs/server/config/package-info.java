/** What the server is configured with: limits, options and its identity. */
@NullMarked
package io.ferrynfs.server.config;

import org.jspecify.annotations.NullMarked;
