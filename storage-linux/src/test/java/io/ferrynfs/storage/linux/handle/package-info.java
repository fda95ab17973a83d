/** Tests of the package. */
@NullMarked
package io.ferrynfs.storage.linux.handle;

import org.jspecify.annotations.NullMarked;
