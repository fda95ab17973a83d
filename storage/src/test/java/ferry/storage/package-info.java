@NullMarked
package ferry.storage;

import org.jspecify.annotations.NullMarked;
