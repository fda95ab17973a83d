@NullMarked
package io.ferrynfs.cli.place;

import org.jspecify.annotations.NullMarked;
