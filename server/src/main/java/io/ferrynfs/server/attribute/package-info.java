/** The table of attributes: how each is read and set. */
@NullMarked
package io.ferrynfs.server.attribute;

import org.jspecify.annotations.NullMarked;
