@NullMarked
package ferry.client.session;

import org.jspecify.annotations.NullMarked;
