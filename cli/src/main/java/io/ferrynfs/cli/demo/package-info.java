/** {@code ferry demo}: two servers, a real tree, copies, and the proof that all is equal. */
@NullMarked
package io.ferrynfs.cli.demo;

import org.jspecify.annotations.NullMarked;
