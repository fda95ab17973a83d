@NullMarked
package io.ferrynfs.client;

import org.jspecify.annotations.NullMarked;
