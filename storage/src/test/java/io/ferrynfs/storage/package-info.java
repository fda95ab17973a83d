@NullMarked
package io.ferrynfs.storage;

import org.jspecify.annotations.NullMarked;
