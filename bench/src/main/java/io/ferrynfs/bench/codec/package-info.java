/** JMH benchmarks of the codec, with the most frequent messages. */
@NullMarked
package io.ferrynfs.bench.codec;

import org.jspecify.annotations.NullMarked;
