@NullMarked
package ferry.cli.admin;

import org.jspecify.annotations.NullMarked;
