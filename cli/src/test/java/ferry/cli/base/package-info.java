@NullMarked
package ferry.cli.base;

import org.jspecify.annotations.NullMarked;
