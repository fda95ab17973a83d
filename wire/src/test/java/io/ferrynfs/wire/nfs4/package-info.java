/** What the schema says, against the numbers and rules of the RFCs. */
@NullMarked
package io.ferrynfs.wire.nfs4;

import org.jspecify.annotations.NullMarked;
