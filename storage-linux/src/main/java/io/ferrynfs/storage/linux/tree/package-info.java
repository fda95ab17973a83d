/** The files of a directory tree: names, attributes, permissions and data. */
@NullMarked
package io.ferrynfs.storage.linux.tree;

import org.jspecify.annotations.NullMarked;
