@NullMarked
package io.ferrynfs.cli.copy;

import org.jspecify.annotations.NullMarked;
