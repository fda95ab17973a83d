package io.ferrynfs.server.operation;

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
 * What operations share.
 *
 * @param env time, randomness and timers
 * @param identity what this server calls itself
 * @param limits bounds of everything a peer can grow
 * @param options what the administrator chose
 * @param exports the name space above the volumes
 * @param clients client records and their sessions
 * @param state all stateids
 * @param writeVerifier the verifier of WRITE, COMMIT and COPY
 * @param copies the copies that clients have this server make
 * @param sources the servers that it copies from
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
