package io.ferrynfs.server.state;

import io.ferrynfs.wire.xdr.Opaque;

/**
 * A state owner. RFC 8881 section 2.4 scopes owners by the clientid of the session; the clientid
 * that is inside the wire's owner is ignored.
 */
record OwnerKey(long clientid, Opaque owner) {}
