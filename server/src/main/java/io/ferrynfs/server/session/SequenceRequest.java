package io.ferrynfs.server.session;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.wire.nfs4.Sequence4Args;

/**
 * A COMPOUND that begins with SEQUENCE.
 *
 * @param args the arguments of SEQUENCE
 * @param operations the number of operations, SEQUENCE included
 * @param requestBytes the size of the RPC record
 * @param fingerprint a hash of the caller and the operations
 * @param connection the connection of the request
 */
public record SequenceRequest(
    Sequence4Args args,
    int operations,
    int requestBytes,
    int fingerprint,
    RpcConnection connection) {}
