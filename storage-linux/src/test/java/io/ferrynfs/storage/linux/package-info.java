/** Tests of the Linux volume. */
@NullMarked
package io.ferrynfs.storage.linux;

import org.jspecify.annotations.NullMarked;
