/**
 * ONC RPC version 2 (RFC 5531) over TCP: calls and replies in both directions on one connection,
 * AUTH_NONE and AUTH_SYS. Asynchronous throughout; nothing here blocks on a peer.
 */
@NullMarked
package io.ferrynfs.rpc;

import org.jspecify.annotations.NullMarked;
