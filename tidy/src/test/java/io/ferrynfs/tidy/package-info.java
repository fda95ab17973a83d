@NullMarked
package io.ferrynfs.tidy;

import org.jspecify.annotations.NullMarked;
