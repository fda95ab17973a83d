/**
 * A directory of this machine as a {@link io.ferrynfs.storage.Volume}, by system calls through
 * {@code java.lang.foreign}, without a native library.
 */
@NullMarked
package io.ferrynfs.storage.linux;

import org.jspecify.annotations.NullMarked;
