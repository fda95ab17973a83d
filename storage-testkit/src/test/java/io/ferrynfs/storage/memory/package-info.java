@NullMarked
package io.ferrynfs.storage.memory;

import org.jspecify.annotations.NullMarked;
