/** What it costs to decode and encode the messages that matter: JMH benchmarks of the codec. */
@NullMarked
package io.ferrynfs.bench.codec;

import org.jspecify.annotations.NullMarked;
