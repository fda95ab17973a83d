@NullMarked
package ferry.client.offload;

import org.jspecify.annotations.NullMarked;
