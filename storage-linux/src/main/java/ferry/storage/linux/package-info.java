/**
 * A directory of this machine as a {@link ferry.storage.Volume}, by system calls through {@code
 * java.lang.foreign}; no native library of our own.
 */
@NullMarked
package ferry.storage.linux;

import org.jspecify.annotations.NullMarked;
