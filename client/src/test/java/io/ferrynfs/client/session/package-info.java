@NullMarked
package io.ferrynfs.client.session;

import org.jspecify.annotations.NullMarked;
