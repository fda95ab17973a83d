/** Candidate and reference side by side in one run: only the ratio is worth recording. */
@NullMarked
package io.ferrynfs.bench.compare;

import org.jspecify.annotations.NullMarked;
