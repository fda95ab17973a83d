@NullMarked
package io.ferrynfs.client.copy;

import org.jspecify.annotations.NullMarked;
