@NullMarked
package io.ferrynfs.client.file;

import org.jspecify.annotations.NullMarked;
