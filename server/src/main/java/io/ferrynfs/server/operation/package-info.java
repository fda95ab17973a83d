/** One class per NFSv4 operation, named by the RFC. */
@NullMarked
package io.ferrynfs.server.operation;

import org.jspecify.annotations.NullMarked;
