package ferry.server.operation;

import ferry.rpc.env.Env;
import ferry.server.config.ServerIdentity;
import ferry.server.config.ServerLimits;
import ferry.server.config.ServerOptions;
import ferry.server.config.WriteVerifier;
import ferry.server.export.Exports;
import ferry.server.offload.CopyEngine;
import ferry.server.session.Clients;
import ferry.server.source.Sources;
import ferry.server.state.StateTable;

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
    Sources sources) {}
