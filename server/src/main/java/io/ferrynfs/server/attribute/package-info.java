/** The one table of attributes: how each is read from an object, and how it is set. */
@NullMarked
package io.ferrynfs.server.attribute;

import org.jspecify.annotations.NullMarked;
