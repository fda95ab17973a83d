@NullMarked
package ferry.client.file;

import org.jspecify.annotations.NullMarked;
