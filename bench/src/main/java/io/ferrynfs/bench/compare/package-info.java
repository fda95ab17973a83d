/**
 * Comparisons of Ferry with a reference in one run. Only the ratio of the two is comparable between
 * machines.
 */
@NullMarked
package io.ferrynfs.bench.compare;

import org.jspecify.annotations.NullMarked;
