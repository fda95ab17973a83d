@NullMarked
package ferry.client.copy;

import org.jspecify.annotations.NullMarked;
