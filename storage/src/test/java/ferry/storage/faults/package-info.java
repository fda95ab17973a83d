@NullMarked
package ferry.storage.faults;

import org.jspecify.annotations.NullMarked;
