@NullMarked
package io.ferrynfs.client.backchannel;

import org.jspecify.annotations.NullMarked;
