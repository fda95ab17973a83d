/** The write verifier of the server. */
@NullMarked
package io.ferrynfs.server.config;

import org.jspecify.annotations.NullMarked;
