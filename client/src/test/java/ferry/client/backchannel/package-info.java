@NullMarked
package ferry.client.backchannel;

import org.jspecify.annotations.NullMarked;
