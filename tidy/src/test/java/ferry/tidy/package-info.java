@NullMarked
package ferry.tidy;

import org.jspecify.annotations.NullMarked;
