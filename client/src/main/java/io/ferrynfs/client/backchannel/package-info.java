/** What the server calls at the client: CB_COMPOUND on the connections of the session. */
@NullMarked
package io.ferrynfs.client.backchannel;

import org.jspecify.annotations.NullMarked;
