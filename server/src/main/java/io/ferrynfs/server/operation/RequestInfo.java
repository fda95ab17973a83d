package io.ferrynfs.server.operation;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.server.access.Principal;

/**
 * What the RPC call says about a COMPOUND.
 *
 * @param minorVersion 1 or 2
 * @param principal who asks, before any squashing
 * @param connection where the call came from
 */
public record RequestInfo(int minorVersion, Principal principal, RpcConnection connection) {}
