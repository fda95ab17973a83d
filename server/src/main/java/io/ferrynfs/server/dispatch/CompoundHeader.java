package io.ferrynfs.server.dispatch;

import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;

/**
 * What comes before the operations of a COMPOUND. The operations are decoded one by one as they are
 * executed, because a later one that cannot be decoded must not keep the earlier ones from running
 * (RFC 8881 section 16.2.3).
 *
 * @param tag echoed in the reply
 * @param minorVersion of the protocol
 * @param operations how many follow, as the client says
 */
record CompoundHeader(Opaque tag, long minorVersion, long operations) {

  static CompoundHeader decode(XdrReader in) throws XdrException {
    return new CompoundHeader(in.readOpaque(Nfs4.TAG_BYTES_MAX), in.readUint32(), in.readUint32());
  }

  /** Whether we speak this minor version: 4.1 and 4.2. */
  boolean isSpoken() {
    return minorVersion == 1 || minorVersion == 2;
  }
}
