/** Tests of the schema compiler. */
@NullMarked
package ferry.xdrgen;

import org.jspecify.annotations.NullMarked;
