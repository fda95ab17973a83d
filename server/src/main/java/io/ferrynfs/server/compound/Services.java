package io.ferrynfs.server.compound;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.server.config.WriteVerifier;
import io.ferrynfs.server.export.Exports;
import io.ferrynfs.server.offload.CopyEngine;
import io.ferrynfs.server.session.Clients;
import io.ferrynfs.server.source.SourceServers;
import io.ferrynfs.server.state.StateTable;

/**
 * The components of the server that operations share.
 *
 * @param env time, randomness and timers
 * @param identity the identity of this server
 * @param limits the limits of the resources that clients may use
 * @param options the options of the administrator
 * @param exports the name space above the volumes
 * @param clients the client records and their sessions
 * @param state all stateids
 * @param writeVerifier the verifier of WRITE, COMMIT and COPY
 * @param copies the copies that this server makes for its clients
 * @param sources the servers from which it copies
 */
public record Services(
    Env env,
    ServerIdentity identity,
    ServerLimits limits,
    ServerOptions options,
    Exports exports,
    Clients clients,
    StateTable state,
    WriteVerifier writeVerifier,
    CopyEngine copies,
    SourceServers sources) {}
