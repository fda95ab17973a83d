@NullMarked
package io.ferrynfs.client.offload;

import org.jspecify.annotations.NullMarked;
