/**
 * The runtime of the generated types: XDR (RFC 4506) read from and written to byte buffers.
 *
 * <p>Nothing here does I/O. What a peer sends is bounded before anything is allocated for it, and
 * bulk data is passed on without being copied.
 */
@NullMarked
package io.ferrynfs.wire.xdr;

import org.jspecify.annotations.NullMarked;
