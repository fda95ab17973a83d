/** The house rules that a compiler does not check: format, lengths, forbidden calls, layering. */
@NullMarked
package ferry.tidy;

import org.jspecify.annotations.NullMarked;
