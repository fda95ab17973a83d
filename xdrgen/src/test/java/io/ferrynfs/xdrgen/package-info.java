/** Tests of the schema compiler. */
@NullMarked
package io.ferrynfs.xdrgen;

import org.jspecify.annotations.NullMarked;
