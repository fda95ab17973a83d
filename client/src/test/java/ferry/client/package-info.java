@NullMarked
package ferry.client;

import org.jspecify.annotations.NullMarked;
