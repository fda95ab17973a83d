@NullMarked
package io.ferrynfs.cli;

import org.jspecify.annotations.NullMarked;
