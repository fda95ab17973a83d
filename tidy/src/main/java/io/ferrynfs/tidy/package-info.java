/** The house rules that a compiler does not check: format, lengths, forbidden calls, layering. */
@NullMarked
package io.ferrynfs.tidy;

import org.jspecify.annotations.NullMarked;
