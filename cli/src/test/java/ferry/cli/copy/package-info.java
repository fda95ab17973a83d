@NullMarked
package ferry.cli.copy;

import org.jspecify.annotations.NullMarked;
