/** The callback service of a session: CB_COMPOUND, its slots and its reply cache. */
@NullMarked
package io.ferrynfs.client.backchannel;

import org.jspecify.annotations.NullMarked;
