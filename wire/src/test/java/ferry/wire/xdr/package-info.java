/** Tests of the XDR runtime. */
@NullMarked
package ferry.wire.xdr;

import org.jspecify.annotations.NullMarked;
