package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.Opaque;

/**
 * The identity that a peer proved to the transport, for example by a certificate (RFC 9289 section
 * 5.2). It identifies a host, not a user.
 *
 * @param name the name that was proved, for example a DNS name of the certificate
 * @param channelBinding the binding of the secured channel (RFC 5056), for RPCSEC_GSS version 2
 *     (RFC 5403); empty if the transport has none
 */
public record TransportIdentity(String name, Opaque channelBinding) {}
