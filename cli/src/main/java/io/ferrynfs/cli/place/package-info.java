/** Local paths and {@code nfs://} URLs behind one interface. */
@NullMarked
package io.ferrynfs.cli.place;

import org.jspecify.annotations.NullMarked;
