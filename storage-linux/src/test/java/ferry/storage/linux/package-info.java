/** Tests of the Linux volume. */
@NullMarked
package ferry.storage.linux;

import org.jspecify.annotations.NullMarked;
