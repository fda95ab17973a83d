/** Tests of the package. */
@NullMarked
package io.ferrynfs.storage.linux.call;

import org.jspecify.annotations.NullMarked;
