@NullMarked
package ferry.cli.serve;

import org.jspecify.annotations.NullMarked;
