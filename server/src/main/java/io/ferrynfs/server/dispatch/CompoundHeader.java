package io.ferrynfs.server.dispatch;

import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;

/**
 * The header of a COMPOUND. The operations are decoded one by one when they are executed, because
 * an operation with bad XDR must not prevent the execution of earlier ones (RFC 8881 section
 * 16.2.3).
 *
 * @param tag the tag, which the reply repeats
 * @param minorVersion the minor version
 * @param operations the announced number of operations
 */
record CompoundHeader(Opaque tag, long minorVersion, long operations) {

  static CompoundHeader decode(XdrReader in) throws XdrException {
    return new CompoundHeader(in.readOpaque(Nfs4.TAG_BYTES_MAX), in.readUint32(), in.readUint32());
  }

  /** Returns whether the server supports this minor version: 4.1 and 4.2. */
  boolean isSupported() {
    return minorVersion == 1 || minorVersion == 2;
  }
}
