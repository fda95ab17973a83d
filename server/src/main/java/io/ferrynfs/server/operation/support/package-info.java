/** Parts that several operations share: opened files, locks, names and runs of data. */
@NullMarked
package io.ferrynfs.server.operation.support;

import org.jspecify.annotations.NullMarked;
