/** The demonstration, {@code ferry demo}. */
@NullMarked
package io.ferrynfs.cli.demo;

import org.jspecify.annotations.NullMarked;
