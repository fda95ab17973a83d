@NullMarked
package io.ferrynfs.cli.base;

import org.jspecify.annotations.NullMarked;
