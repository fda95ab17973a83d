@NullMarked
package ferry.cli.place;

import org.jspecify.annotations.NullMarked;
