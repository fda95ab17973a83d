/** Tests of the XDR runtime. */
@NullMarked
package io.ferrynfs.wire.xdr;

import org.jspecify.annotations.NullMarked;
