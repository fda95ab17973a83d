/** The operations of NFSv4.1 and NFSv4.2: one class for each, with its name in the RFC. */
@NullMarked
package io.ferrynfs.server.operation;

import org.jspecify.annotations.NullMarked;
