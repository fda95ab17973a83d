/**
 * ONC RPC version 2 (RFC 5531) over TCP, with calls in both directions on one connection. All
 * operations are asynchronous: no method blocks on a peer.
 */
@NullMarked
package io.ferrynfs.rpc;

import org.jspecify.annotations.NullMarked;
