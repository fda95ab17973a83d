package io.ferrynfs.server.session;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.wire.nfs4.Sequence4Args;

/**
 * A COMPOUND that begins with SEQUENCE.
 *
 * @param args of SEQUENCE
 * @param operations how many operations the COMPOUND has, SEQUENCE included
 * @param requestBytes size of the RPC record
 * @param fingerprint a hash of who asks and what
 * @param connection where it came from
 */
public record SequenceRequest(
    Sequence4Args args,
    int operations,
    int requestBytes,
    int fingerprint,
    RpcConnection connection) {}
