@NullMarked
package ferry.storage.memory;

import org.jspecify.annotations.NullMarked;
