/** What the server is configured with: limits, options and its identity. */
@NullMarked
package ferry.server.config;

import org.jspecify.annotations.NullMarked;
