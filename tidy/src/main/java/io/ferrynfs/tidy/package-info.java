/**
 * The rules of the project that a compiler does not check: format, lengths, forbidden calls,
 * layering and language.
 */
@NullMarked
package io.ferrynfs.tidy;

import org.jspecify.annotations.NullMarked;
