package io.ferrynfs.server.source;

import io.ferrynfs.client.backchannel.CallbackHandler;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.client.session.SessionOptions;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.CopyNotify4Resok;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * A client of one server that sends the operations that the test gives it, and collects the
 * callbacks.
 */
final class CopyClient implements CallbackHandler {
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  final Deque<CbOffload4Args> callbacks = new ArrayDeque<>();
  private final Simulation world;
  private final ServerSession session;

  /** An open file at a server. */
  record Open(NfsFh4 file, Stateid4 stateid) {}

  CopyClient(Simulation world, SimEnv host, InetSocketAddress server, long uid) {
    this.world = world;
    SessionOptions options =
        SessionOptions.builder(
                server,
                new Credential.Sys(0, Opaque.ofUtf8("test"), uid, uid, List.of()),
                Opaque.ofUtf8(host.name() + " of " + server + " " + uid))
            .progressTimeout(Duration.ofMinutes(2))
            .build();
    session = await(ServerSession.open(host, options, this));
    session.leaseSeconds(ThreeParties.LEASE_SECONDS);
  }

  @Override
  public Nfsstat4 recall(CbRecall4Args args) {
    return Nfsstat4.NFS4ERR_BAD_STATEID;
  }

  @Override
  public Nfsstat4 offload(CbOffload4Args args, Executor afterReply) {
    callbacks.add(args);
    return Nfsstat4.NFS4_OK;
  }

  <T> T await(CompletableFuture<T> future) {
    try {
      return world.await(future, TIMEOUT);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  CompletableFuture<Results> send(NfsArgop4... operations) {
    return session.attempt(Compound.of(operations).build());
  }

  /** Returns the results of the operations, without that of SEQUENCE. */
  List<NfsResop4> run(NfsArgop4... operations) {
    return await(send(operations)).results();
  }

  /** Returns the statuses of the results. */
  List<Nfsstat4> statuses(NfsArgop4... operations) {
    return run(operations).stream().map(NfsResop4::status).toList();
  }

  NfsResop4 last(NfsArgop4... operations) {
    return run(operations).getLast();
  }

  Open open(String name, int access) {
    List<NfsResop4> results =
        run(Ops.putrootfh(), Ops.open("owner", name, access, Ops.NONE), Ops.getfh());
    if (results.get(1) instanceof NfsResop4.Open(Open4Res.Ok(var ok))) {
      // Linux sends seqid 0, too, so a later OPEN of the same file does not make this stateid old.
      return new Open(Ops.filehandle(results), new Stateid4(0, ok.stateid().other()));
    }
    throw new AssertionError(results);
  }

  CopyNotify4Resok notify(Open source, Netloc4 destination) {
    NfsResop4 result =
        last(Ops.putfh(source.file()), Ops.copyNotify(source.stateid(), destination));
    if (result instanceof NfsResop4.CopyNotify(CopyNotify4Res.Ok(var ok))) {
      return ok;
    }
    throw new AssertionError(result);
  }

  /** Waits for the oldest callback and returns it. */
  CbOffload4Args callback() {
    if (!world.runUntil(() -> !callbacks.isEmpty(), TIMEOUT)) {
      throw new AssertionError("no callback arrived");
    }
    return callbacks.remove();
  }

  void close() {
    await(session.close());
  }
}
