/**
 * The runtime of the generated types, which reads XDR (RFC 4506) from byte buffers and writes it to
 * them.
 *
 * <p>This package does no I/O. It checks lengths that a peer sent before it allocates memory, and
 * it passes bulk data on without a copy.
 */
@NullMarked
package io.ferrynfs.wire.xdr;

import org.jspecify.annotations.NullMarked;
