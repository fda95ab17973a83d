/** Tests of the package. */
@NullMarked
package io.ferrynfs.storage.linux.tree;

import org.jspecify.annotations.NullMarked;
