/**
 * Authentication of calls: the interface between RPC and its security flavors.
 *
 * <p>The outgoing side is a {@link io.ferrynfs.rpc.auth.Credential}, which protects one call after
 * the other by a {@link io.ferrynfs.rpc.auth.CallProtection}. The incoming side is an {@link
 * io.ferrynfs.rpc.auth.Authenticator} per flavor and connection, whose verdict on a call carries
 * the protection of its reply. Both sides can carry RPCSEC_GSS (RFC 2203, RFC 5403, RFC 7861):
 * exchanges that the mechanism makes and answers itself, verifiers over headers, transformed
 * arguments and results, and calls that are discarded. AUTH_NONE and AUTH_SYS are the flavors
 * implemented here.
 */
@NullMarked
package io.ferrynfs.rpc.auth;

import org.jspecify.annotations.NullMarked;
