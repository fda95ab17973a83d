/** Local paths and {@code nfs://} URLs behind one interface, so that commands take any mix. */
@NullMarked
package io.ferrynfs.cli.place;

import org.jspecify.annotations.NullMarked;
