/** Tests that compare the schema with the numbers and rules of the RFCs. */
@NullMarked
package io.ferrynfs.wire.nfs4;

import org.jspecify.annotations.NullMarked;
